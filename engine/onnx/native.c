#define _GNU_SOURCE
#include "native.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static void say(char *message, size_t size, const char *text) {
  snprintf(message, size, "%s", text ? text : "unknown error");
}

int gloss_load(const char *name, char *message, size_t size) {
  if (dlopen(name, RTLD_LAZY)) return 0;
  say(message, size, dlerror());
  return -1;
}

void gloss_library_path(const char *name, char *path, size_t size) {
  path[0] = 0;
  void *handle = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
  if (!handle) return;
  Dl_info info;
  void *symbol = dlsym(handle, "OrtGetApiBase");
  if (symbol && dladdr(symbol, &info) && info.dli_fname) say(path, size, info.dli_fname);
  dlclose(handle);
}

int gloss_cuda_devices(char *message, size_t size) {
  void *driver = dlopen("libcuda.so.1", RTLD_LAZY);
  if (!driver) {
    say(message, size, dlerror());
    return -1;
  }
  int (*init)(unsigned) = (int (*)(unsigned))dlsym(driver, "cuInit");
  int (*count)(int *) = (int (*)(int *))dlsym(driver, "cuDeviceGetCount");
  int devices = 0, status = -1;
  if (init && count && (status = init(0)) == 0) status = count(&devices);
  if (status == 0) return devices;
  snprintf(message, size, "the CUDA driver answers with error %d", status);
  return -1;
}

#define SIGNALS 65
static struct sigaction remembered[SIGNALS];
static int have_remembered = 0;

void gloss_signals_remember(void) {
  if (have_remembered) return;
  for (int s = 1; s < SIGNALS; s++) sigaction(s, NULL, &remembered[s]);
  have_remembered = 1;
}

int gloss_signals_restore(void) {
  int restored = 0;
  if (!have_remembered) return 0;
  for (int s = 1; s < SIGNALS; s++) {
    struct sigaction now;
    if (sigaction(s, NULL, &now) != 0) continue;
    // Handlers of the Go runtime have the flag, so what it changed since stays.
    if (now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN || (now.sa_flags & SA_ONSTACK)) continue;
    if (now.sa_handler == remembered[s].sa_handler) continue;
    if (sigaction(s, &remembered[s], NULL) == 0) restored++;
  }
  return restored;
}
