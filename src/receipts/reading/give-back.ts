import { dlopen } from 'bun:ffi'

/**
 * Gives the memory of a photo back. Pixels and tensors are few and large: without this, those of several photos pile up
 * before they are collected, and the C library keeps what was freed. To take it from the library costs time, so it is
 * done when the process has more than `allowed_bytes`.
 */
export function giveBackMemory(allowed_bytes = usual_bytes): void {
  Bun.gc(true)
  if (process.memoryUsage.rss() > allowed_bytes) trim?.(0)
}

const usual_bytes = 320 * 1_048_576

const trim = openTrim()

// Other C libraries than GNU's have no such call.
function openTrim(): ((keep_bytes: number) => number) | undefined {
  try {
    return dlopen('libc.so.6', { malloc_trim: { args: ['usize'], returns: 'i32' } }).symbols.malloc_trim
  } catch {
    return undefined
  }
}
