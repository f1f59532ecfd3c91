/** The smallest Hono server under Bun.serve: one route with a JSON body as large as a catalogue. */
import { Hono } from 'hono'

const [port = '0', size = '20'] = process.argv.slice(2)
const product = {
  product_id: 1,
  name: '招牌红烧肉',
  description: '慢炖三小时，肥而不腻',
  category: '热菜',
  exchange_points: 880,
  stock: 50,
  image: null,
  status: 'active',
  is_hot: true,
  sort_order: 1,
  rating: 5,
  sales_count: 0,
}
const products = Array.from({ length: Number(size) }, (_, index) => ({ ...product, product_id: index + 1 }))
const app = new Hono().get('/api/exchange/products', (c) =>
  c.json({
    code: 0,
    msg: 'success',
    data: { products, pagination: { page: 1, limit: 20, total: 20, total_pages: 1 } },
  }),
)

Bun.serve({ hostname: '127.0.0.1', port: Number(port), fetch: app.fetch })
