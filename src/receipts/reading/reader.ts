import { FairTurns } from './fair-turns.ts'
import type { Reading } from './reading.ts'

/** What goes to the worker: an image, and the folder where its native library may be unpacked. */
export interface ReaderJob {
  id: number
  image: Uint8Array
  typed_fen: number | null
  scratchDir: string
}

/** What comes back: the reading, or why there is none. */
export type ReaderAnswer = { id: number; reading: Reading } | { id: number; error: string }

export interface ReaderOptions {
  /** How long one photo may take. The first one includes the loading of the models. */
  timeout_ms: number
  /** How many photos may wait for their turn. One more is not read at all. */
  maxWaiting: number
  /** A worker without a photo for so long is ended to free its memory. The next photo starts another. */
  idle_ms: number
  /** A folder for the native library of a compiled binary. It must be writable by this user alone. */
  scratchDir: string
  /** Called with the reason when a photo could not be read, for the log. */
  onFailure?: (reason: string) => void
  /** Called when a photo is done, with the time it took without its wait, for the metrics. */
  onEnd?: (outcome: ReadOutcome, took_ms: number) => void
  /** The worker's program. Tests replace it. */
  workerUrl?: string | URL
}

/** `skipped`: too many were waiting. */
export type ReadOutcome = 'read' | 'failed' | 'skipped'

export interface ReaderStats {
  /** Photos that were read to the end, whatever was found on them. */
  reads: number
  /** Photos that were given up: no image, too slow, or the worker died. */
  failures: number
  /** Photos that were turned away because too many waited. */
  skipped: number
  /** Photos that wait for their turn. */
  queueLength: number
  busy: boolean
}

/** A photo that waits for its turn, or is read. */
export interface Turn {
  /**
   * The receipt's reading. Null when it could not be read, was withdrawn, when too many wait, or when the reader is
   * closed. Never throws.
   */
  reading: Promise<Reading | null>
  /** Takes the photo back if nobody has begun with it. False when it is or was read. */
  withdraw(): boolean
}

export interface Reader {
  /**
   * Takes a photo of a user. Users take turns: one with many photos does not hold up the others. An amount that the
   * diner typed, in fen, makes the reader look twice where it reads another.
   */
  take(image: Uint8Array, userId: number, typed_fen?: number | null): Turn
  read(image: Uint8Array, typed_fen?: number | null, userId?: number): Promise<Reading | null>
  stats(): ReaderStats
  /**
   * Takes no more photos, answers those that wait with null, and ends the worker when the photo at hand is read. To end
   * it sooner, inside the native library, would end the whole process.
   */
  close(): Promise<void>
}

/**
 * The way in to this room: reads receipts, one at a time, in a worker. The first photo starts the worker; one that died
 * or hung is replaced.
 *
 *     reader-worker  what the worker does with a photo
 *     read-photo     one photo: its text, the code of an invoice, and a second look where the first is weak
 *     ocr            texts out of pixels (ocr-runtime, ocr-assets, blur)
 *     labels         the amount and the particulars out of the texts (read-texts, straighten, papers)
 *     kept-reading   the part of a reading that is stored
 */
export function createReader(options: ReaderOptions): Reader {
  return new QueueingReader(options)
}

/** No photo takes native code so long. A worker that isn't back by then hangs somewhere else and may be ended. */
const surelyHangs_ms = 600_000

interface WaitingPhoto {
  id: number
  image: Uint8Array
  typed_fen: number | null
  userId: number
  resolve: (reading: Reading | null) => void
}

class QueueingReader implements Reader {
  readonly #options: ReaderOptions
  readonly #waiting = new FairTurns<WaitingPhoto>()
  readonly #counts = { reads: 0, failures: 0, skipped: 0 }
  #current: WaitingPhoto | undefined
  #worker: Worker | undefined
  // A worker that took too long and still runs.
  #overdue: Worker | undefined
  // The deadline of the photo that is read. Without a photo: that of the idle worker.
  #deadline: Timer | undefined
  #lastId = 0
  #startedAt = 0
  #closed: PromiseWithResolvers<void> | undefined

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  read(image: Uint8Array, typed_fen: number | null = null, userId = 0): Promise<Reading | null> {
    return this.take(image, userId, typed_fen).reading
  }

  take(image: Uint8Array, userId: number, typed_fen: number | null = null): Turn {
    const isFull = this.#current !== undefined && this.#waiting.length >= this.#options.maxWaiting
    if (isFull) {
      this.#counts.skipped++
      this.#options.onEnd?.('skipped', 0)
    }
    if (this.#closed || isFull) return { reading: Promise.resolve(null), withdraw: () => true }
    const { promise: reading, resolve } = Promise.withResolvers<Reading | null>()
    const photo = { id: ++this.#lastId, image, userId, typed_fen, resolve }
    this.#waiting.add(photo)
    if (!this.#current) this.#next()
    return { reading, withdraw: () => this.#withdraw(photo) }
  }

  #withdraw(photo: WaitingPhoto): boolean {
    if (!this.#waiting.withdraw(photo)) return false
    photo.resolve(null)
    return true
  }

  stats(): ReaderStats {
    return { ...this.#counts, queueLength: this.#waiting.length, busy: this.#current !== undefined }
  }

  close(): Promise<void> {
    this.#closed ??= Promise.withResolvers()
    for (const photo of this.#waiting.takeAll()) photo.resolve(null)
    if (!this.#current) this.#next()
    return this.#closed.promise
  }

  #next(): void {
    clearTimeout(this.#deadline)
    this.#current = this.#waiting.takeNext()
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
    const { id, image, typed_fen } = this.#current
    this.#startedAt = performance.now()
    this.#deadline = setTimeout(() => this.#giveUp(), this.#options.timeout_ms)
    this.#worker ??= this.#startWorker()
    this.#worker.postMessage({ id, image, typed_fen, scratchDir: this.#options.scratchDir } satisfies ReaderJob)
  }

  // All handlers are set before the worker can speak: an error while it loads is reported only once.
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
      if (this.#worker === worker && data.id === this.#current?.id) this.#answer(data)
    }
    return worker
  }

  #answer(answer: ReaderAnswer): void {
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

  // The worker may be inside native code. It is ended when it has come out, or when it surely hangs somewhere else.
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
    if (this.#current) this.#answer({ id: this.#current.id, error: reason })
  }

  #endWorker(): void {
    clearTimeout(this.#deadline)
    const worker = this.#worker
    this.#worker = undefined
    worker?.terminate()
  }
}

// In a compiled binary this module is part of the main program, at `src`. The worker keeps its own path below `src`.
function workerProgram(): URL {
  const compiled = import.meta.url.includes('/$bunfs/')
  return new URL(compiled ? './receipts/reading/reader-worker.js' : './reader-worker.ts', import.meta.url)
}
