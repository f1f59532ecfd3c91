/** Starts a proxy to an HTTP server on loopback. It answers 500 to the requests that `fails` picks. */
export function startFaultyProxy(target: string, fails: (url: URL) => boolean) {
  let failed = 0
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const url = new URL(request.url)
      if (fails(url)) {
        failed += 1
        return new Response('no', { status: 500 })
      }
      const body = request.method === 'GET' ? null : await request.arrayBuffer()
      return fetch(`${target}${url.pathname}${url.search}`, { method: request.method, headers: request.headers, body })
    },
  })
  return {
    url: server.url.href.replace(/\/$/, ''),
    get failed() {
      return failed
    },
    stop: () => server.stop(true),
  }
}
