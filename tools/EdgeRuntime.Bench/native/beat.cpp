// A model run at a steady rate as a real-time program by hand does it: memory locked, one pinned SCHED_FIFO thread, absolute
// sleeps. Prints deadlines, misses and microseconds of lateness (woken after due) and of response (inferred after due).
//
//   beat MODEL LIBRARY HERTZ SECONDS CORE PRIORITY
#include "session.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static void refuse(const char* what) {
    std::perror(what);
    std::exit(77);
}

static void print(const char* name, std::vector<int64_t>& times) {
    std::sort(times.begin(), times.end());
    auto quantile = [&](double q) {
        size_t rank = static_cast<size_t>(q * static_cast<double>(times.size()));
        return static_cast<double>(times[std::min(rank, times.size() - 1)]) / 1000;
    };
    std::printf("%s %.3f %.3f %.3f %.3f\n", name, quantile(0.5), quantile(0.99), quantile(0.999), quantile(1));
}

int main(int argc, char** argv) {
    if (argc != 7) {
        std::fprintf(stderr, "usage: beat MODEL LIBRARY HERTZ SECONDS CORE PRIORITY\n");
        return 64;
    }
    Session session = open_session(argv[2], argv[1], Options{});
    int64_t period = 1000000000LL / std::stoi(argv[3]);
    int64_t seconds = std::stoi(argv[4]);
    std::vector<int64_t> lateness, response;
    size_t frames = static_cast<size_t>(seconds * 1000000000LL / period);
    lateness.reserve(frames);
    response.reserve(frames);

    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(std::stoi(argv[5]), &cores);
    if (sched_setaffinity(0, sizeof cores, &cores) != 0) {
        refuse("sched_setaffinity");
    }
    sched_param param = {};
    param.sched_priority = std::stoi(argv[6]);
    if (sched_setscheduler(0, SCHED_FIFO, &param) != 0) {
        refuse("sched_setscheduler");
    }
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
        refuse("mlockall");
    }
    prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);

    // The first second is not counted: what is mapped and made once is not what is measured.
    int64_t misses = 0;
    int64_t due = now() + period;
    for (int64_t first = due + 1000000000LL; due < first + seconds * 1000000000LL; due += period) {
        timespec time = {due / 1000000000LL, due % 1000000000LL};
        while (now() < due) {
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
        }
        int64_t woken = now();
        session.infer();
        int64_t done = now();
        if (due >= first && lateness.size() < frames) {
            lateness.push_back(woken - due);
            response.push_back(done - due);
            misses += done - due > period;
        }
    }
    std::printf("deadlines %zu %lld\n", lateness.size(), static_cast<long long>(misses));
    print("lateness", lateness);
    print("response", response);
}
