import { dlopen } from 'bun:ffi'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { OnnxRuntime } from './ocr.ts'

/**
 * Loads onnxruntime. In a compiled binary its library lies inside the binary, where the system's linker cannot see it: it is
 * copied into a folder of its own under `scratchDir`, loaded from there before the binding asks for it by its name, and
 * deleted again at once. `scratchDir` must be writable by this user alone and allow loading code.
 */
export async function loadRuntime(scratchDir: string): Promise<OnnxRuntime> {
  const library = await libraryFile()
  if (library.startsWith(insideBinary)) await loadLibrary(library, scratchDir)
  const module = await import('onnxruntime-node')
  return { InferenceSession: module.InferenceSession, Tensor: module.Tensor }
}

const insideBinary = '/$bunfs/'

// A build knows its target's architecture and leaves the other library out.
async function libraryFile(): Promise<string> {
  const { default: library } =
    process.arch === 'arm64'
      ? await import('onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1', { with: { type: 'file' } })
      : await import('onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1', { with: { type: 'file' } })
  return library
}

async function loadLibrary(library: string, scratchDir: string): Promise<void> {
  const folder = await mkdtemp(join(scratchDir, 'onnxruntime-'))
  try {
    const path = join(folder, 'libonnxruntime.so.1')
    await Bun.write(path, Bun.file(library))
    dlopen(path, { OrtGetApiBase: { args: [], returns: 'ptr' } })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
