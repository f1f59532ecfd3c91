import { expect } from 'bun:test'
import type { TestService } from './service.ts'

/** The calls of somebody who signs in, and the codes that they are sent. */
export function codesAt(service: TestService) {
  const post = (path: string, body?: unknown, token?: string) => service.client.post(path, { body, token })
  const sentCode = (phone: string) =>
    service.printed.findLast((line) => line.includes(phone))?.match(/code is (\d{6})/)?.[1] ?? ''
  return {
    post,
    get: (path: string, token?: string) => service.client.get(path, { token }),
    sentCode,
    async sendCode(phone: string) {
      expect((await post('/api/auth/send-code', { phone })).code).toBe(0)
      return sentCode(phone)
    },
  }
}

/** Another code than this one. */
export const wrong = (code: string) => (code === '000000' ? '000001' : '000000')
