import { newProduct, type Person, signIn, signInStaff } from './people.ts'
import type { TestService } from './service.ts'
import { newUpload } from './uploads.ts'

const timesOf = {
  points_records: ['created_at'],
  lottery_records: ['created_at'],
  exchange_records: ['created_at'],
  upload_reviews: ['created_at', 'review_time'],
  users: ['created_at'],
}

const guestsOfAWeek = [2, 3, 3, 2, 3, 5, 4]

/** Lets everything that happened so far have happened a day earlier. */
async function ageByADay({ database }: Pick<TestService, 'database'>): Promise<void> {
  for (const [table, columns] of Object.entries(timesOf)) {
    const earlier = columns.map((column) => `${column} = ${column} - INTERVAL 1 DAY`)
    await database.query(`UPDATE ${table} SET ${earlier.join(', ')}`)
  }
}

/** Some days of a restaurant, the last of them today, which is young yet: diners who come, draw, exchange and send receipts. */
export async function somePastDays(service: TestService, days: number): Promise<void> {
  const { client } = service
  const reviewer = await signInStaff(service, 'reviewer')
  const product_id = await newProduct(service, 1_000, { name: '桂花糕', exchange_points: 120 })
  for (let left = days - 1; left >= 0; left -= 1) {
    const guests = left === 0 ? 1 : (guestsOfAWeek[left % 7] ?? 0)
    for (let guest = 0; guest < guests; guest += 1) await comes(await signIn(service), guest)
    if (left > 0) await ageByADay(service)
  }

  async function comes(diner: Person, guest: number) {
    const { token } = diner
    await client.post('/api/lottery/draw', { token, body: { draw_type: guest % 2 ? 'quintuple' : 'triple' } })
    if (guest !== 2) await client.post('/api/exchange/submit', { token, body: { product_id } })
    const sent = new Date(service.clock.now().getTime() - (4 + guest * 7) * 60_000)
    const upload_id = await newUpload(service, diner, { created_at: sent })
    const action = guest === 3 ? 'reject' : 'approve'
    await client.post('/api/merchant/review', { token: reviewer.token, body: { upload_id, action } })
  }
}
