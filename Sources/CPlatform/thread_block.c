#include "platform.h"

float *platform_thread_block(void) {
  static _Thread_local _Alignas(64) float block[platform_block_count];
  return block;
}
