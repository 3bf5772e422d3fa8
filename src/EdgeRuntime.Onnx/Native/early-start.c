// Starts ONNX Runtime beside the start of .NET, for `edge-device infer` on two cores: before it can load a model the
// library registers thousands of operators, which is two thirds of such a run, and .NET takes a fifth of it before the
// first line of C# runs; neither needs the other. The library keeps one environment for a process, so that the one that
// C# asks for later is this one, or waits for it.
//
// Only saves time: where anything is not as expected nothing is done here, and C# says what is wrong.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <linux/membarrier.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LIBRARY "libonnxruntime.so.1"

// What ONNX Runtime 1.30 puts into the C library's heap until a small model has run, measured.
enum { HEAP_BYTES = 8 << 20, PIECE_BYTES = 1 << 20 };

// The members of struct OrtApiBase, and what is used of struct OrtApi: see ort-api.table.
struct ApiBase {
    void **(*get_api)(uint32_t version);
    const char *(*get_version)(void);
};

typedef void *(*CreateEnv)(int severity, const char *log_id, void **env);

enum { API_VERSION = 1, CREATE_ENV = 3, FATAL = 4 };

static char library[PATH_MAX];

static const char *option(int argc, char **argv, const char *name) {
    for (int i = 2; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0) {
            return argv[i + 1];
        }
    }

    return NULL;
}

// Where OrtLibrary will find it, but for the system's own.
static int find_library(int argc, char **argv) {
    const char *named = option(argc, argv, "--library");
    if (named == NULL) {
        named = getenv("EDGE_ONNXRUNTIME");
    }

    if (named != NULL && *named != '\0') {
        return realpath(named, library) != NULL;
    }

    char beside[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", beside, sizeof beside);
    while (length > 0 && beside[length - 1] != '/') {
        length--;
    }

    if (length <= 0 || (size_t)length + sizeof "lib/" LIBRARY > sizeof beside) {
        return 0;
    }

    strcpy(beside + length, "lib/" LIBRARY);
    if (realpath(beside, library) == NULL) {
        strcpy(beside + length, LIBRARY);
        return realpath(beside, library) != NULL;
    }

    return 1;
}

// One heap for all threads, since that of a thread's own grows page by page, with a call of the kernel for each; and a
// heap that grows once and is not given back while the program runs.
static void shape_heap(void) {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TOP_PAD, HEAP_BYTES);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
}

// Grows the heap without touching it, and says where it is free.
static uintptr_t grow_heap(size_t *length) {
    void *first = malloc(96 << 10);
    void *second = malloc(96 << 10);
    uintptr_t within = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
    uintptr_t start = ((uintptr_t)second + within) & ~within;
    uintptr_t end = (uintptr_t)sbrk(0) & ~within;
    free(second);
    free(first);
    *length = start < end && end - start <= 2 * HEAP_BYTES ? end - start : 0;
    return start;
}

static void *start_library(void *nothing) {
    void *handle = dlopen(library, RTLD_LAZY);
    void *get_base = handle == NULL ? NULL : dlsym(handle, "OrtGetApiBase");
    if (get_base != NULL) {
        void **api = ((const struct ApiBase *(*)(void))get_base)()->get_api(API_VERSION);
        void *env;
        if (api != NULL) {
            ((CreateEnv)api[CREATE_ENV])(FATAL, "edge", &env);
        }
    }

    return nothing;
}

// The C library calls what stands in .init_array before main, with what main gets.
static void begin(int argc, char **argv, char **environment) {
    (void)environment;
    if (argc < 4 || strcmp(argv[1], "infer") != 0 || !find_library(argc, argv)) {
        return;
    }

    // See OrtLibrary. No other thread can be reading the environment yet.
    setenv("ORT_DISABLE_TELEMETRY", "1", 0);
    shape_heap();
    size_t length;
    uintptr_t heap = grow_heap(&length);
    madvise((void *)heap, length, MADV_HUGEPAGE);

    // .NET asks the same, and once a second thread runs the answer takes the kernel as long as the whole start.
    syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
    pthread_t thread;
    if (pthread_create(&thread, NULL, start_library, NULL) != 0) {
        return;
    }

    // While the library is being opened the kernel backs the heap (since Linux 5.14), in large pages where it gives some,
    // instead of by a fault for each small page that the library's small objects reach.
    pthread_detach(thread);
    for (size_t done = 0; done < length; done += PIECE_BYTES) {
        size_t left = length - done;
        madvise((void *)(heap + done), left < PIECE_BYTES ? left : PIECE_BYTES, MADV_POPULATE_WRITE);
    }
}

__attribute__((section(".init_array"), used)) static void (*const first)(int, char **, char **) = begin;
