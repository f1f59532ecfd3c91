import { z } from 'zod'

const check = z.enum(['ok', 'away', 'failing', 'off'])
export const healthAnswer = z.object({
  status: z.enum(['healthy', 'unhealthy']),
  version: z.string(),
  uptime_s: z.int(),
  checks: z.object({ database: check, storage: check, jobs: check, realtime: check }),
})
export type HealthAnswer = z.output<typeof healthAnswer>
