// The whole step by hand, as somebody would write it who needs just this: a frame comes in, the window moves on, the
// model's input is scaled from it, the model runs, a decision with hysteresis comes out. Speaks the lines of StepWorker.cs.
//
//   step MODEL FRAMES LIBRARY EXACT CHANNELS WINDOW KIND
//     FRAMES   little-endian doubles, CHANNELS of them a frame, taken one frame after the other, again and again
//     WINDOW   frames that make one input, by channel; one input a frame
//     KIND     classification or reconstruction
#include "session.h"

#include <cmath>

class Step {
public:
    Step(Session& session, std::vector<double> frames, size_t channels, size_t window, bool classifies)
        : session_(session), frames_(std::move(frames)), channels_(channels), window_(window), classifies_(classifies),
          ring_(channels * window), labels_(session.out_count()) {}

    // One frame in, one decision out.
    void run() {
        const double* frame = &frames_[next_ * channels_];
        next_ = (next_ + 1) * channels_ < frames_.size() ? next_ + 1 : 0;
        for (size_t c = 0; c < channels_; c++) {
            ring_[c * window_ + at_] = frame[c];
        }
        at_ = at_ + 1 == window_ ? 0 : at_ + 1;

        float* input = session_.in();
        for (size_t c = 0; c < channels_; c++) {
            const double* channel = &ring_[c * window_];
            for (size_t i = at_; i < window_; i++) {
                *input++ = scaled(channel[i]);
            }
            for (size_t i = 0; i < at_; i++) {
                *input++ = scaled(channel[i]);
            }
        }
        session_.infer();
        if (classifies_) {
            decide_label();
        } else {
            decide_level();
        }
    }

    int decision() const { return decision_; }

private:
    static constexpr double kCenter = 0.125;
    static constexpr double kScale = 1.5;
    static constexpr double kThreshold = 0.5;
    static constexpr double kHysteresis = 0.1;

    // A value that is no number counts as the centre, as it does in the pipeline that this is measured against.
    static float scaled(double value) {
        return std::isfinite(value) ? static_cast<float>((value - kCenter) / kScale) : 0.0f;
    }

    // The model ends in a softmax of its own.
    void decide_label() {
        const float* scores = session_.out();
        size_t best = 0;
        for (size_t i = 1; i < labels_; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        bool leads = decision_ < 0 || scores[best] - scores[decision_] >= kHysteresis;
        if (scores[best] >= kThreshold && leads) {
            decision_ = static_cast<int>(best);
        }
    }

    void decide_level() {
        const float* answer = session_.out();
        const float* input = session_.in();
        double sum = 0;
        for (size_t i = 0; i < labels_; i++) {
            double difference = static_cast<double>(answer[i]) - input[i];
            sum += difference * difference;
        }
        double error = sum / static_cast<double>(labels_);
        decision_ = error >= (decision_ == 1 ? kThreshold - kHysteresis : kThreshold) ? 1 : 0;
    }

    Session& session_;
    std::vector<double> frames_;
    size_t channels_;
    size_t window_;
    bool classifies_;
    std::vector<double> ring_;
    size_t labels_;
    size_t next_ = 0;
    size_t at_ = 0;
    int decision_ = -1;
};

int main(int argc, char** argv) {
    if (argc != 8) {
        std::fprintf(stderr, "usage: step MODEL FRAMES LIBRARY EXACT CHANNELS WINDOW KIND\n");
        return 64;
    }
    Options options;
    options.exact = std::strcmp(argv[4], "1") == 0;
    Session session = open_session(argv[3], argv[1], options);
    std::vector<char> bytes = read_file(argv[2]);
    std::vector<double> frames(bytes.size() / sizeof(double));
    std::memcpy(frames.data(), bytes.data(), frames.size() * sizeof(double));
    size_t window = std::stoul(argv[6]);
    Step step(session, std::move(frames), std::stoul(argv[5]), window, std::strcmp(argv[7], "classification") == 0);
    for (size_t i = 0; i < window; i++) {
        step.run();
    }
    std::printf("ready %s\n", session.version.c_str());
    std::fflush(stdout);

    char verb[16];
    char line[64];
    while (std::fgets(line, sizeof line, stdin) != nullptr) {
        int count = 0;
        std::sscanf(line, "%15s %d", verb, &count);
        if (std::strcmp(verb, "calls") == 0) {
            std::vector<int64_t> times(static_cast<size_t>(count));
            for (int64_t& time : times) {
                int64_t start = now();
                step.run();
                time = now() - start;
            }
            std::sort(times.begin(), times.end());
            std::printf("%lld %lld\n", static_cast<long long>(times[times.size() / 2]),
                        static_cast<long long>(times[static_cast<size_t>(count * 0.99)]));
        } else {
            std::printf("%s %d\n", session.hex().c_str(), step.decision());
        }
        std::fflush(stdout);
    }
}
