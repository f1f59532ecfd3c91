import type { Simulated } from './simulate.ts'
import type { Asked } from './simulator-worker.ts'

/** Where the worker's file is served. The build puts its name here. */
declare const simulatorFile: string

const patience_ms = 30_000

/** Plays turns of a wheel in a worker, so that the page stays quick meanwhile. */
export function playInWorker(asked: Asked): Promise<Simulated> {
  const worker = new Worker(trusted(simulatorFile) as string)
  const ended = new Promise<Simulated>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the simulation took too long')), patience_ms)
    worker.onmessage = ({ data }: MessageEvent<Simulated>) => {
      clearTimeout(timer)
      resolve(data)
    }
    worker.onerror = () => {
      clearTimeout(timer)
      reject(new Error('the simulator could not be loaded'))
    }
  })
  worker.postMessage(asked)
  return ended.finally(() => worker.terminate())
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL(url: string): unknown
  }
}

let policy: ReturnType<TrustedTypes['createPolicy']> | undefined

/** The address of our own file, as browsers with trusted types ask for it. */
function trusted(url: string): unknown {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  policy ??= trustedTypes?.createPolicy('simulator', { createScriptURL: (own) => own })
  return policy?.createScriptURL(url) ?? url
}
