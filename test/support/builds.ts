import { expect } from 'bun:test'
import { type Phone, phoneOf, type WxAnswer, type WxOptions } from './mini-program.ts'

/** How builds differ in what they send by themselves. */
export interface BuildHabits {
  header?: Record<string, string>
  refreshBody?: (token: string) => Record<string, unknown>
  /** The body's code on which it refreshes its token. */
  refreshesOn?: number
}

/** A build's session and its calls. On the code of an expired token it refreshes the token and calls again. */
export class Build {
  accessToken = ''
  refreshToken = ''
  refreshes = 0
  readonly phone: Phone
  readonly #habits: Required<BuildHabits>
  constructor(service: { url: string }, habits: BuildHabits = {}) {
    this.#habits = {
      header: {},
      refreshBody: (refresh_token) => ({ refresh_token }),
      refreshesOn: 401,
      ...habits,
    }
    this.phone = phoneOf(service, this.#habits.header)
  }
  /** Returns the body of a success. Throws for anything else, which the build shows as a failure. */
  async call(path: string, options: WxOptions = {}, tries = 0): Promise<WxAnswer['data']> {
    const { statusCode, data } = await this.phone.request(path, { token: this.accessToken, ...options })
    expect(statusCode).toBe(200)
    if (data.code === 0) return data
    if (data.code !== this.#habits.refreshesOn || tries >= 2)
      throw new Error(`${path}: ${data.code} ${data.msg || data.message}`)
    const fresh = await this.phone.request('/auth/refresh', {
      method: 'POST',
      data: this.#habits.refreshBody(this.refreshToken),
    })
    if (fresh.data.code !== 0) throw new Error('signed out')
    this.refreshes += 1
    this.signedIn(fresh.data.data)
    return this.call(path, options, tries + 1)
  }
  post(path: string, data: Record<string, unknown> = {}) {
    return this.call(path, { method: 'POST', data })
  }
  get(path: string, data: Record<string, unknown> = {}) {
    return this.call(path, { data })
  }
  signedIn({ access_token, refresh_token }: { access_token: string; refresh_token: string }): void {
    this.accessToken = access_token
    this.refreshToken = refresh_token
  }
  async login(data: Record<string, unknown>) {
    const { data: answer } = await this.post('/auth/login', data)
    this.signedIn(answer)
    return answer.user_info
  }
}
