// What Swift has no instruction for.

// Square roots of whole registers: Swift's own are calls of sqrtf, one for each lane.

typedef float float8 __attribute__((ext_vector_type(8)));
static inline float8 squareRoots(float8 x) { return __builtin_elementwise_sqrt(x); }

#ifdef __AVX512F__
typedef float float16 __attribute__((ext_vector_type(16)));
static inline float16 squareRootsOf16(float16 x) { return __builtin_elementwise_sqrt(x); }
#endif

// A moment's rest of a thread that waits for another's word: the core's other thread has its units meanwhile.

#if defined(__x86_64__)
static inline void pauseBriefly(void) { __builtin_ia32_pause(); }
#elif defined(__aarch64__)
static inline void pauseBriefly(void) { __builtin_arm_isb(15); }
#else
static inline void pauseBriefly(void) {}
#endif
