/** A balancer in front of replicas. It asks each whether it is ready, and sends no request twice. */
export interface Balancer {
  readonly url: string
  /** Requests that got no answer from the replica they were sent to. */
  readonly failed: string[]
  /** The replica for a new socket. */
  pick(): string | undefined
  add(replica: string): void
  remove(replica: string): void
  stop(): Promise<void>
}

const lookEvery_ms = 50
const lookTimeout_ms = 500
const patience_ms = 5_000

export function startBalancer(): Balancer {
  const replicas = new Map<string, boolean>()
  const failed: string[] = []
  let turn = 0

  const look = async (replica: string) => {
    const answer = await fetch(`${replica}/health/ready`, { signal: AbortSignal.timeout(lookTimeout_ms) }).catch(
      () => null,
    )
    if (replicas.has(replica)) replicas.set(replica, answer?.ok ?? false)
  }
  const timer = setInterval(() => {
    for (const replica of replicas.keys()) void look(replica)
  }, lookEvery_ms)
  const pick = () => {
    const ready = [...replicas].filter(([, isReady]) => isReady).map(([replica]) => replica)
    turn += 1
    return ready[turn % ready.length]
  }
  const waitForOne = async () => {
    for (const deadline = Date.now() + patience_ms; Date.now() < deadline; await Bun.sleep(10)) {
      const replica = pick()
      if (replica) return replica
    }
    throw new Error('no replica is ready')
  }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { method, headers, url } = request
      const { pathname, search } = new URL(url)
      const body = method === 'GET' ? undefined : await request.arrayBuffer()
      const replica = await waitForOne()
      try {
        const answer = await fetch(`${replica}${pathname}${search}`, { method, headers, ...(body ? { body } : {}) })
        const kept = new Headers(answer.headers)
        for (const name of ['Connection', 'Content-Encoding', 'Content-Length']) kept.delete(name)
        return new Response(await answer.arrayBuffer(), { status: answer.status, headers: kept })
      } catch (error) {
        failed.push(`${method} ${pathname}: ${(error as Error).message}`)
        return new Response('no answer', { status: 502 })
      }
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    failed,
    pick,
    add: (replica) => replicas.set(replica, false),
    remove: (replica) => replicas.delete(replica),
    async stop() {
      clearInterval(timer)
      await server.stop(true)
    },
  }
}
