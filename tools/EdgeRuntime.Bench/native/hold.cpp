// A device in C++, as small as it gets: one model loaded and run ten times a second, one MQTT connection with a will, one
// message a second, over libmosquitto as edge-device has it. Says "ready" when all of that goes on.
//
//   hold MODEL LIBRARY PORT
#include "session.h"

#include <mosquitto.h>

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: hold MODEL LIBRARY PORT\n");
        return 64;
    }
    Session session = open_session(argv[2], argv[1], Options());
    session.infer();
    mosquitto_lib_init();
    mosquitto* client = mosquitto_new("bench-cpp", true, nullptr);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_will_set(client, "bench/cpp/status", 4, "lost", 1, true);
    if (mosquitto_connect(client, "127.0.0.1", std::stoi(argv[3]), 20) != MOSQ_ERR_SUCCESS) {
        std::fprintf(stderr, "no broker at port %s\n", argv[3]);
        return 69;
    }
    mosquitto_loop_start(client);
    mosquitto_subscribe(client, nullptr, "bench/cpp/down/#", 1);
    std::printf("ready\n");
    std::fflush(stdout);
    for (int i = 0;; i++) {
        timespec tenth = {0, 100000000};
        nanosleep(&tenth, nullptr);
        session.infer();
        if (i % 10 == 0) {
            std::string text = "[";
            for (size_t k = 0; k < session.out_count(); k++) {
                text += (k == 0 ? "" : ",") + std::to_string(session.out()[k]);
            }
            text += "]";
            mosquitto_publish(client, nullptr, "bench/cpp/latest", static_cast<int>(text.size()), text.data(), 0, false);
        }
    }
}
