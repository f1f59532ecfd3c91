import { Line, type LineItem } from './line.ts'
import { end, type Socket, tell } from './socket.ts'

/** Everyone of one user who is connected here, and the line in which their pushes arrive. */
interface Seat {
  sockets: Set<Socket>
  line: Line
}

const mostSocketsAUser = 10

/** Who is connected to this process. */
export class Roster {
  /** Every open socket, strangers too. */
  readonly all = new Set<Socket>()
  #seats = new Map<number, Seat>()
  readonly #patience_ms: () => number

  constructor(patience_ms: () => number) {
    this.#patience_ms = patience_ms
  }

  /** Sits a user's socket down: from here on it misses none of the user's pushes. The oldest past ten is closed. */
  seat(socket: Socket, userId: number): void {
    const seat = this.#seats.get(userId) ?? this.#newSeat(userId)
    seat.sockets.add(socket)
    const [oldest] = seat.sockets
    if (seat.sockets.size > mostSocketsAUser && oldest) {
      seat.sockets.delete(oldest)
      end(oldest, 'replaced')
    }
  }

  /** The socket has been told the balance as of ledger row `seq`: it now hears what came after it. */
  settle(socket: Socket, userId: number, seq: number): void {
    const { early } = socket.data
    socket.data.floor = seq
    socket.data.stage = 'live'
    socket.data.early = []
    for (const item of early) hear(socket, item)
    this.#seats.get(userId)?.line.startAfter(seq)
  }

  remove(socket: Socket): void {
    this.all.delete(socket)
    const userId = socket.data.caller?.userId
    const seat = userId === undefined ? undefined : this.#seats.get(userId)
    if (!seat || userId === undefined) return
    seat.sockets.delete(socket)
    if (seat.sockets.size > 0) return
    seat.line.close()
    this.#seats.delete(userId)
  }

  /** Takes a commit's pushes to one user; nobody there, nothing done. */
  push(userId: number, items: readonly LineItem[]): void {
    const seat = this.#seats.get(userId)
    if (seat) for (const item of items) seat.line.take(item)
  }

  has(userId: number): boolean {
    return this.#seats.has(userId)
  }

  #newSeat(userId: number): Seat {
    const sockets = new Set<Socket>()
    const line = new Line((item) => {
      for (const socket of sockets) hear(socket, item)
    }, this.#patience_ms)
    const seat = { sockets, line }
    this.#seats.set(userId, seat)
    return seat
  }
}

function hear(socket: Socket, item: LineItem): void {
  const { stage, floor, early } = socket.data
  if (stage === 'joining') early.push(item)
  if (stage !== 'live' || (item.seq !== undefined && item.seq <= floor)) return
  for (const push of item.pushes) tell(socket, push, push.data.timestamp)
}
