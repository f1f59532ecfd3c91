import type { Reading } from './labels.ts'

/** What goes to the worker: an image's bytes and where it may unpack its native library. */
export interface ReaderJob {
  id: number
  image: Uint8Array
  scratchDir: string
}

/** What comes back: the reading, or why there is none. */
export type ReaderAnswer = { id: number; reading: Reading } | { id: number; error: string }

export interface ReaderOptions {
  /** How long one photo may take, the loading of the models at the first one included. */
  timeout_ms: number
  /** How many photos may wait for their turn; one more is not read at all. */
  maxWaiting: number
  /** After how long without a photo the worker is ended, so that its memory goes back. The next photo starts another. */
  idle_ms: number
  /** Folder, writable by this user alone, for the native library of a compiled binary. */
  scratchDir: string
  /** Told why a photo could not be read, for the log. */
  onFailure?: (reason: string) => void
  /** Told how each photo ended, and how long it took once it was its turn, for the metrics. */
  onEnd?: (outcome: ReadOutcome, took_ms: number) => void
  /** The worker's program; tests put their own in its place. */
  workerUrl?: string | URL
}

/** `skipped`: too many were waiting. */
export type ReadOutcome = 'read' | 'failed' | 'skipped'

export interface ReaderStats {
  /** Photos read to the end, whatever was found on them. */
  reads: number
  /** Photos given up: no image, timed out, or the worker died. */
  failures: number
  /** Photos turned away because too many were waiting. */
  skipped: number
  /** Photos waiting for their turn. */
  queueLength: number
  busy: boolean
}

export interface Reader {
  /** The receipt's reading, or null when it could not be read, there were too many waiting, or the reader was closed. Never throws. */
  read(image: Uint8Array): Promise<Reading | null>
  stats(): ReaderStats
  /**
   * Takes nothing more, answers what was waiting with null, lets the photo at hand be read and ends the worker: a worker
   * that is ended amid the native library takes the process with it.
   */
  close(): Promise<void>
}

/** Reads receipts one at a time in a worker of its own, started with the first photo and again after it died or hung. */
export function createReader(options: ReaderOptions): Reader {
  return new QueueingReader(options)
}

/** No photo keeps native code for so long: who isn't back by then hangs elsewhere. */
const surelyHangs_ms = 600_000

interface WaitingPhoto {
  id: number
  image: Uint8Array
  resolve: (reading: Reading | null) => void
}

class QueueingReader implements Reader {
  readonly #options: ReaderOptions
  readonly #waiting: WaitingPhoto[] = []
  readonly #counts = { reads: 0, failures: 0, skipped: 0 }
  #current: WaitingPhoto | undefined
  #worker: Worker | undefined
  // One that took too long and is still at it.
  #overdue: Worker | undefined
  // Of the photo that is read, or while there is none, of the idle worker.
  #deadline: Timer | undefined
  #lastId = 0
  #startedAt = 0
  #closed: PromiseWithResolvers<void> | undefined

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  read(image: Uint8Array): Promise<Reading | null> {
    if (this.#closed) return Promise.resolve(null)
    if (this.#current && this.#waiting.length >= this.#options.maxWaiting) {
      this.#counts.skipped++
      this.#options.onEnd?.('skipped', 0)
      return Promise.resolve(null)
    }
    return new Promise((resolve) => {
      this.#waiting.push({ id: ++this.#lastId, image, resolve })
      if (!this.#current) this.#next()
    })
  }

  stats(): ReaderStats {
    return { ...this.#counts, queueLength: this.#waiting.length, busy: this.#current !== undefined }
  }

  close(): Promise<void> {
    this.#closed ??= Promise.withResolvers()
    for (const photo of this.#waiting.splice(0)) photo.resolve(null)
    if (!this.#current) this.#next()
    return this.#closed.promise
  }

  #next(): void {
    clearTimeout(this.#deadline)
    this.#current = this.#waiting.shift()
    if (!this.#current && this.#closed) {
      this.#endWorker()
      this.#closed.resolve()
      return
    }
    if (!this.#current) {
      this.#deadline = setTimeout(() => this.#endWorker(), this.#options.idle_ms)
      this.#deadline.unref()
      return
    }
    const { id, image } = this.#current
    this.#startedAt = performance.now()
    this.#deadline = setTimeout(() => this.#giveUp(), this.#options.timeout_ms)
    this.#worker ??= this.#startWorker()
    this.#worker.postMessage({ id, image, scratchDir: this.#options.scratchDir } satisfies ReaderJob)
  }

  // All handlers are set before the worker can speak: an error at its loading is told once and to nobody else.
  #startWorker(): Worker {
    const worker = new Worker(this.#options.workerUrl ?? workerProgram(), { smol: true })
    const ended = (reason: string) => {
      if (this.#worker === worker) this.#abandon(reason)
    }
    worker.unref()
    worker.onerror = (event) => {
      event.preventDefault()
      ended(event.message)
    }
    worker.addEventListener('close', () => ended('worker ended'))
    worker.onmessage = ({ data }: MessageEvent<ReaderAnswer>) => {
      if (this.#worker === worker && data.id === this.#current?.id) this.#settle(data)
    }
    return worker
  }

  #settle(answer: ReaderAnswer): void {
    const ticket = this.#current
    this.#options.onEnd?.('reading' in answer ? 'read' : 'failed', performance.now() - this.#startedAt)
    if ('reading' in answer) {
      this.#counts.reads++
      ticket?.resolve(answer.reading)
    } else {
      this.#counts.failures++
      this.#options.onFailure?.(answer.error)
      ticket?.resolve(null)
    }
    this.#next()
  }

  // It may be in native code: it is ended when it has come out of it, or when it surely hangs elsewhere.
  #giveUp(): void {
    const worker = this.#worker
    this.#worker = undefined
    this.#overdue?.terminate()
    this.#overdue = worker
    if (worker) {
      worker.onmessage = () => this.#endOverdue(worker)
      setTimeout(() => this.#endOverdue(worker), surelyHangs_ms).unref()
    }
    this.#abandon('timed out')
  }

  #endOverdue(worker: Worker): void {
    if (this.#overdue === worker) this.#overdue = undefined
    worker.terminate()
  }

  #abandon(reason: string): void {
    this.#endWorker()
    if (this.#current) this.#settle({ id: this.#current.id, error: reason })
  }

  #endWorker(): void {
    clearTimeout(this.#deadline)
    const worker = this.#worker
    this.#worker = undefined
    worker?.terminate()
  }
}

// A compiled binary keeps its entry points under the folder they share, `src`; all other modules are in the first of them.
function workerProgram(): URL {
  const compiled = import.meta.url.includes('/$bunfs/')
  return new URL(compiled ? './receipts/reading/reader-worker.js' : './reader-worker.ts', import.meta.url)
}
