/** The smallest server that pushes: Bun's own with one topic. The service's sockets are compared with it. */
const frame = JSON.stringify({
  type: 'stock_update',
  data: { product_id: 21, stock: 999_999, product_name: '压测商品 21', operation: 'purchase', timestamp: new Date() },
  timestamp: new Date(),
})

const server = Bun.serve<undefined>({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request, running) {
    const times = Number(new URL(request.url).searchParams.get('times') ?? 0)
    if (times === 0 && running.upgrade(request)) return undefined
    for (let i = 0; i < times; i += 1) running.publish('stock', frame)
    return new Response()
  },
  websocket: {
    perMessageDeflate: false,
    idleTimeout: 0,
    open: (socket) => void socket.subscribe('stock'),
    message: () => {},
  },
})
process.stdout.write(`Serving on ${server.url.origin}\n`)
