// The yardstick: the same library, the same options and the same lines as Worker.cs, in C++ over RunWithBinding.
//
//   worker MODEL INPUT LIBRARY EXACT     EXACT is 1 where exact int8 products must be asked for
#include "ort_api.g.h"

#include <dlfcn.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

static const OrtApi* api;

static void check(OrtStatus* status) {
    if (status != nullptr) {
        std::fprintf(stderr, "worker: %s\n", api->GetErrorMessage(status));
        std::exit(70);
    }
}

static std::vector<char> read_file(const char* path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "worker: %s cannot be read\n", path);
        std::exit(70);
    }
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

static int64_t now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// One input or output: its name, its shape with open dimensions as 1, and its memory.
struct Tensor {
    char* name = nullptr;
    std::vector<int64_t> shape;
    int element = 0;
    size_t bytes = 0;
    void* memory = nullptr;
    OrtValue* value = nullptr;
};

static Tensor describe(OrtTypeInfo* type, char* name, const OrtMemoryInfo* cpu) {
    const OrtTensorTypeAndShapeInfo* info;
    Tensor tensor;
    tensor.name = name;
    size_t rank;
    check(api->CastTypeInfoToTensorInfo(type, &info));
    check(api->GetTensorElementType(info, &tensor.element));
    check(api->GetDimensionsCount(info, &rank));
    tensor.shape.resize(rank);
    check(api->GetDimensions(info, tensor.shape.data(), rank));
    size_t count = 1;
    for (int64_t& size : tensor.shape) {
        size = std::max<int64_t>(size, 1);
        count *= static_cast<size_t>(size);
    }
    api->ReleaseTypeInfo(type);
    if (tensor.element != 1) {
        std::fprintf(stderr, "worker: only float32 models are measured\n");
        std::exit(70);
    }
    tensor.bytes = count * sizeof(float);
    tensor.memory = std::aligned_alloc(64, (tensor.bytes + 63) / 64 * 64);
    std::memset(tensor.memory, 0, tensor.bytes);
    check(api->CreateTensorWithDataAsOrtValue(
        cpu, tensor.memory, tensor.bytes, tensor.shape.data(), rank, tensor.element, &tensor.value));
    return tensor;
}

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fprintf(stderr, "usage: worker MODEL INPUT LIBRARY EXACT\n");
        return 64;
    }
    void* library = dlopen(argv[3], RTLD_NOW);
    if (library == nullptr) {
        std::fprintf(stderr, "worker: %s\n", dlerror());
        return 69;
    }
    auto get_base = reinterpret_cast<const OrtApiBase* (*)()>(dlsym(library, "OrtGetApiBase"));
    const OrtApiBase* base = get_base();
    api = base->GetApi(kOrtApiVersion);

    OrtEnv* env;
    OrtSessionOptions* options;
    OrtSession* session;
    OrtRunOptions* run;
    OrtIoBinding* binding;
    OrtMemoryInfo* cpu;
    OrtAllocator* allocator;
    check(api->CreateEnv(4, "bench", &env));
    check(api->CreateSessionOptions(&options));
    check(api->SetSessionExecutionMode(options, 0));
    check(api->SetSessionLogSeverityLevel(options, 4));
    check(api->SetSessionGraphOptimizationLevel(options, 99));
    check(api->SetIntraOpNumThreads(options, 1));
    check(api->SetInterOpNumThreads(options, 1));
    check(api->AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0"));
    check(api->AddSessionConfigEntry(options, "session.inter_op.allow_spinning", "0"));
    if (std::strcmp(argv[4], "1") == 0) {
        check(api->AddSessionConfigEntry(options, "session.x64quantprecision", "1"));
    }
    std::vector<char> model = read_file(argv[1]);
    check(api->CreateSessionFromArray(env, model.data(), model.size(), options, &session));
    check(api->CreateRunOptions(&run));
    check(api->RunOptionsSetRunLogSeverityLevel(run, 4));
    check(api->CreateIoBinding(session, &binding));
    check(api->CreateCpuMemoryInfo(0, 0, &cpu));
    check(api->GetAllocatorWithDefaultOptions(&allocator));

    OrtTypeInfo* type;
    char* name;
    check(api->SessionGetInputName(session, 0, allocator, &name));
    check(api->SessionGetInputTypeInfo(session, 0, &type));
    Tensor input = describe(type, name, cpu);
    check(api->SessionGetOutputName(session, 0, allocator, &name));
    check(api->SessionGetOutputTypeInfo(session, 0, &type));
    Tensor output = describe(type, name, cpu);
    check(api->BindInput(binding, input.name, input.value));
    check(api->BindOutput(binding, output.name, output.value));
    std::vector<char> bytes = read_file(argv[2]);
    std::memcpy(input.memory, bytes.data(), std::min(bytes.size(), input.bytes));
    check(api->RunWithBinding(session, run, binding));
    std::printf("ready %s\n", base->GetVersionString());
    std::fflush(stdout);

    char verb[16];
    char line[64];
    while (std::fgets(line, sizeof line, stdin) != nullptr) {
        int count = 0;
        std::sscanf(line, "%15s %d", verb, &count);
        if (std::strcmp(verb, "batch") == 0) {
            for (int i = 0; i < count / 10; i++) {
                check(api->RunWithBinding(session, run, binding));
            }
            int64_t start = now();
            for (int i = 0; i < count; i++) {
                check(api->RunWithBinding(session, run, binding));
            }
            std::printf("%.1f\n", static_cast<double>(now() - start) / count);
        } else if (std::strcmp(verb, "calls") == 0) {
            std::vector<int64_t> times(static_cast<size_t>(count));
            for (int64_t& time : times) {
                int64_t start = now();
                check(api->RunWithBinding(session, run, binding));
                time = now() - start;
            }
            std::sort(times.begin(), times.end());
            std::printf("%lld %lld\n", static_cast<long long>(times[times.size() / 2]),
                        static_cast<long long>(times[static_cast<size_t>(count * 0.99)]));
        } else {
            const auto* out = static_cast<const unsigned char*>(output.memory);
            for (size_t i = 0; i < output.bytes; i++) {
                std::printf("%02X", out[i]);
            }
            std::printf("\n");
        }
        std::fflush(stdout);
    }
}
