import { beforeEach } from 'bun:test'
import { type Phone, phoneOf } from './mini-program.ts'
import { type Person, signInMerchant } from './people.ts'
import { useService } from './service.ts'

export interface OlderPrize {
  id: number
  prize_id: number
  prize_name: string
  probability: number
}

/** The wheel’s editor as one of the staff has it in an older build. */
export function useOlderEditor() {
  const service = useService({ DIALECTS: 'on' })
  let [phone, staff] = [] as unknown as [Phone, Person]
  beforeEach(async () => {
    phone = phoneOf(service)
    staff = await signInMerchant(service)
  })
  const get = async (path: string) => (await phone.request(path, { token: staff.token })).data
  const send = async (path: string, data: Record<string, unknown>, method: 'POST' | 'PUT' = 'POST') =>
    (await phone.request(path, { method, data, token: staff.token })).data
  const save = (prizes: unknown) => send('/merchant/lottery/probabilities', { prizes })
  const shown = async (): Promise<OlderPrize[]> => (await get('/merchant/lottery/config')).data.prizes
  const percents = async () => (await shown()).map(({ probability }) => probability)
  const set = async (...figures: unknown[]) => {
    const ids = (await shown()).map(({ prize_id }) => prize_id)
    return save(figures.map((probability, i) => ({ prize_id: ids[i], probability })))
  }
  return { service, phone: () => phone, staff: () => staff, get, send, save, shown, percents, set }
}

/** The odds of the default wheel, in percent. */
export const whole = [5, 20, 10, 15, 8, 25, 2, 15]
