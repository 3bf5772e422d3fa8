// A model run at a steady rate with the options that ONNX Runtime has when nobody sets any but the number of threads: two,
// which wait by spinning. Runs until it is killed.
//
//   pace MODEL LIBRARY HERTZ THREADS
#include "session.h"

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fprintf(stderr, "usage: pace MODEL LIBRARY HERTZ THREADS\n");
        return 64;
    }
    Options options;
    options.threads = std::stoi(argv[4]);
    options.spinning = true;
    Session session = open_session(argv[2], argv[1], options);
    session.infer();
    std::printf("ready\n");
    std::fflush(stdout);
    int64_t period = 1000000000LL / std::stoi(argv[3]);
    for (int64_t due = now();; due += period) {
        timespec time = {due / 1000000000LL, due % 1000000000LL};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
        session.infer();
    }
}
