/** A message to the operators as it was sent. */
export interface Told {
  path: string
  query: URLSearchParams
  // biome-ignore lint/suspicious/noExplicitAny: each robot has a shape of its own, which tests look into
  body: any
}

/** How the receiver answers the next messages: well, with this status, with a robot's own error, or never. */
export type Mood = 'well' | number | { errcode: number } | 'hang'

/** Starts the receiver of alerts on loopback: a DingTalk or WeCom robot, or any webhook. */
export function startAlertDesk() {
  const told: Told[] = []
  const moods: Mood[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url)
      const body = await request.json()
      const mood = moods.shift() ?? 'well'
      if (mood === 'hang') await Bun.sleep(10_000)
      if (typeof mood === 'number') return new Response('no', { status: mood })
      if (typeof mood === 'object') return Response.json(mood)
      told.push({ path: pathname, query: searchParams, body })
      return Response.json({ errcode: 0, errmsg: 'ok' })
    },
  })
  return { url: server.url.href, told, moods, stop: () => server.stop(true) }
}
