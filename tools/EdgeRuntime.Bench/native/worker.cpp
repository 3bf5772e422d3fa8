// The yardstick: the same library, the same options and the same lines as Worker.cs, in C++ over RunWithBinding.
//
//   worker MODEL INPUT LIBRARY EXACT     EXACT is 1 where exact int8 products must be asked for
#include "session.h"

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fprintf(stderr, "usage: worker MODEL INPUT LIBRARY EXACT\n");
        return 64;
    }
    Options options;
    options.exact = std::strcmp(argv[4], "1") == 0;
    Session session = open_session(argv[3], argv[1], options);
    load_input(session, argv[2]);
    session.infer();
    std::printf("ready %s\n", session.version.c_str());
    std::fflush(stdout);

    char verb[16];
    char line[64];
    while (std::fgets(line, sizeof line, stdin) != nullptr) {
        int count = 0;
        std::sscanf(line, "%15s %d", verb, &count);
        if (std::strcmp(verb, "batch") == 0) {
            for (int i = 0; i < count / 10; i++) {
                session.infer();
            }
            int64_t start = now();
            for (int i = 0; i < count; i++) {
                session.infer();
            }
            std::printf("%.1f\n", static_cast<double>(now() - start) / count);
        } else if (std::strcmp(verb, "calls") == 0) {
            std::vector<int64_t> times(static_cast<size_t>(count));
            for (int64_t& time : times) {
                int64_t start = now();
                session.infer();
                time = now() - start;
            }
            std::sort(times.begin(), times.end());
            std::printf("%lld %lld\n", static_cast<long long>(times[times.size() / 2]),
                        static_cast<long long>(times[static_cast<size_t>(count * 0.99)]));
        } else {
            std::printf("%s\n", session.hex().c_str());
        }
        std::fflush(stdout);
    }
}
