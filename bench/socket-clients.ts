/**
 * Holds many sockets in its own process and counts the stock updates that they receive. It talks to its parent over
 * IPC: `open` opens a socket for each token; `expect` waits until every socket has received this many more updates.
 */
export type Order = { open: { url: string; tokens: string[] } } | { expect: number }

/** `lasts`: for each update, when the last socket received it, in ms since the epoch. */
export type Report = { opened: number } | { ready: true } | { lasts: number[] }

const openAtOnce = 64

if (process.send) {
  const heard: number[] = []
  let reached: number[] = []
  let lasts: number[] = []
  let base = 0
  let wanted = Number.POSITIVE_INFINITY
  const now = () => performance.timeOrigin + performance.now()
  const report = (message: Report) => process.send?.(message)

  const hear = (index: number) => {
    const nth = (heard[index] ?? 0) + 1
    heard[index] = nth
    const update = nth - base - 1
    reached[update] = (reached[update] ?? 0) + 1
    if (reached[update] !== heard.length) return
    lasts.push(now())
    if (lasts.length === wanted) report({ lasts })
  }

  const open = (url: string, token: string) =>
    new Promise<void>((resolve, reject) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?token=${token}`)
      const index = heard.push(0) - 1
      socket.addEventListener('open', () => resolve())
      socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code}`)))
      socket.addEventListener('message', ({ data }) => {
        if (String(data).startsWith('{"type":"stock_update"')) hear(index)
      })
    })

  process.on('message', async (order: Order) => {
    if ('open' in order) {
      const { url, tokens } = order.open
      for (let at = 0; at < tokens.length; at += openAtOnce) {
        await Promise.all(tokens.slice(at, at + openAtOnce).map((token) => open(url, token)))
      }
      report({ opened: heard.length })
    } else {
      base = heard[0] ?? 0
      reached = []
      lasts = []
      wanted = order.expect
      report({ ready: true })
    }
  })
}
