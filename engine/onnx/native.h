#ifndef GLOSS_NATIVE_H
#define GLOSS_NATIVE_H

#include <stddef.h>

// gloss_load loads a shared library for good. It returns 0, or -1 with a message.
int gloss_load(const char *name, char *message, size_t size);

// gloss_library_path writes the path of the library, already loaded as name, to
// path; an empty string where the loader does not tell.
void gloss_library_path(const char *name, char *path, size_t size);

// gloss_cuda_devices counts the CUDA devices through the driver; -1 with a
// message where there is no driver.
int gloss_cuda_devices(char *message, size_t size);

// gloss_signals_remember notes the signal handlers; only the first call counts.
void gloss_signals_remember(void);

// gloss_signals_restore puts the remembered handlers back in place of those that
// run without the alternate stack, which the Go runtime cannot bear, and returns
// how many there were.
int gloss_signals_restore(void);

#endif
