// One ONNX Runtime session with its first input and first output bound once: what every C++ program here is built on.
#pragma once
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

inline const OrtApi* api;

inline void check(OrtStatus* status) {
    if (status != nullptr) {
        std::fprintf(stderr, "%s\n", api->GetErrorMessage(status));
        std::exit(70);
    }
}

inline std::vector<char> read_file(const char* path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "%s cannot be read\n", path);
        std::exit(70);
    }
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline int64_t now() {
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

inline Tensor describe(OrtTypeInfo* type, char* name, const OrtMemoryInfo* cpu) {
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
        std::fprintf(stderr, "only float32 models are measured\n");
        std::exit(70);
    }
    tensor.bytes = count * sizeof(float);
    tensor.memory = std::aligned_alloc(64, (tensor.bytes + 63) / 64 * 64);
    std::memset(tensor.memory, 0, tensor.bytes);
    check(api->CreateTensorWithDataAsOrtValue(
        cpu, tensor.memory, tensor.bytes, tensor.shape.data(), rank, tensor.element, &tensor.value));
    return tensor;
}

// How the session is made: as our binding makes it, or as the library does when nobody says anything.
struct Options {
    bool exact = false;
    int threads = 1;
    bool spinning = false;
};

struct Session {
    OrtSession* session = nullptr;
    OrtRunOptions* run = nullptr;
    OrtIoBinding* binding = nullptr;
    Tensor input;
    Tensor output;
    std::string version;

    void infer() { check(api->RunWithBinding(session, run, binding)); }

    float* in() { return static_cast<float*>(input.memory); }

    const float* out() const { return static_cast<const float*>(output.memory); }

    size_t in_count() const { return input.bytes / sizeof(float); }

    size_t out_count() const { return output.bytes / sizeof(float); }

    std::string hex() const {
        std::string text;
        const auto* bytes = static_cast<const unsigned char*>(output.memory);
        for (size_t i = 0; i < output.bytes; i++) {
            char pair[3];
            std::snprintf(pair, sizeof pair, "%02X", bytes[i]);
            text += pair;
        }
        return text;
    }
};

inline Session open_session(const char* library_path, const char* model_path, const Options& wanted) {
    void* library = dlopen(library_path, RTLD_NOW);
    if (library == nullptr) {
        std::fprintf(stderr, "%s\n", dlerror());
        std::exit(69);
    }
    auto get_base = reinterpret_cast<const OrtApiBase* (*)()>(dlsym(library, "OrtGetApiBase"));
    const OrtApiBase* base = get_base();
    api = base->GetApi(kOrtApiVersion);

    OrtEnv* env;
    OrtSessionOptions* options;
    OrtMemoryInfo* cpu;
    OrtAllocator* allocator;
    Session made;
    made.version = base->GetVersionString();
    check(api->CreateEnv(4, "bench", &env));
    check(api->CreateSessionOptions(&options));
    check(api->SetSessionExecutionMode(options, 0));
    check(api->SetSessionLogSeverityLevel(options, 4));
    check(api->SetSessionGraphOptimizationLevel(options, 99));
    check(api->SetIntraOpNumThreads(options, wanted.threads));
    check(api->SetInterOpNumThreads(options, 1));
    if (!wanted.spinning) {
        check(api->AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0"));
        check(api->AddSessionConfigEntry(options, "session.inter_op.allow_spinning", "0"));
    }
    if (wanted.exact) {
        check(api->AddSessionConfigEntry(options, "session.x64quantprecision", "1"));
    }
    std::vector<char> model = read_file(model_path);
    check(api->CreateSessionFromArray(env, model.data(), model.size(), options, &made.session));
    check(api->CreateRunOptions(&made.run));
    check(api->RunOptionsSetRunLogSeverityLevel(made.run, 4));
    check(api->CreateIoBinding(made.session, &made.binding));
    check(api->CreateCpuMemoryInfo(0, 0, &cpu));
    check(api->GetAllocatorWithDefaultOptions(&allocator));

    OrtTypeInfo* type;
    char* name;
    check(api->SessionGetInputName(made.session, 0, allocator, &name));
    check(api->SessionGetInputTypeInfo(made.session, 0, &type));
    made.input = describe(type, name, cpu);
    check(api->SessionGetOutputName(made.session, 0, allocator, &name));
    check(api->SessionGetOutputTypeInfo(made.session, 0, &type));
    made.output = describe(type, name, cpu);
    check(api->BindInput(made.binding, made.input.name, made.input.value));
    check(api->BindOutput(made.binding, made.output.name, made.output.value));
    return made;
}

inline void load_input(Session& session, const char* path) {
    std::vector<char> bytes = read_file(path);
    std::memcpy(session.input.memory, bytes.data(), std::min(bytes.size(), session.input.bytes));
}
