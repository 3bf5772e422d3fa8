// Cold start in C++: loads the library and the model, runs it once, prints the output and ends the way edge-device ends,
// without the library's own cleaning up.
//
//   once MODEL INPUT LIBRARY EXACT
#include "session.h"

#include <unistd.h>

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fprintf(stderr, "usage: once MODEL INPUT LIBRARY EXACT\n");
        return 64;
    }
    Options options;
    options.exact = std::strcmp(argv[4], "1") == 0;
    Session session = open_session(argv[3], argv[1], options);
    load_input(session, argv[2]);
    session.infer();
    for (size_t i = 0; i < session.out_count(); i++) {
        std::printf("%.9g\n", static_cast<double>(session.out()[i]));
    }
    std::fflush(stdout);
    _exit(0);
}
