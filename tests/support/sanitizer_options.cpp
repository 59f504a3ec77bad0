// Some tests ask for more memory than there is, and expect to be told by a null pointer also under AddressSanitizer.
extern "C" __attribute__((visibility("default"))) const char *__asan_default_options();
extern "C" const char *__asan_default_options() { return "allocator_may_return_null=1"; }
