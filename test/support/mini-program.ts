import type { TestService } from './service.ts'

/** The answer of `wx.request`. Builds look at `statusCode` first, then at the body. */
export interface WxAnswer {
  statusCode: number
  header: Headers
  // biome-ignore lint/suspicious/noExplicitAny: builds read bodies without knowing their shape, and so do these tests
  data: any
}

export interface WxOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  data?: Record<string, unknown>
  token?: string | undefined
  header?: Record<string, string>
}

/** A phone with a build of the mini-program. It behaves as `wx.request` and `wx.uploadFile` do. */
export interface Phone {
  /** GET puts the data into the query; other methods send it as JSON. `/api` is put before the path. */
  request(path: string, options?: WxOptions): Promise<WxAnswer>
  uploadFile(
    path: string,
    file: { name: string; bytes: Uint8Array<ArrayBuffer>; formData?: Record<string, string> },
    options?: Pick<WxOptions, 'token' | 'header'>,
  ): Promise<WxAnswer>
}

export function phoneOf(service: Pick<TestService, 'url'>, own: Record<string, string> = {}): Phone {
  const send = async (url: string, init: RequestInit): Promise<WxAnswer> => {
    const response = await fetch(url, init)
    const text = await response.text()
    return { statusCode: response.status, header: response.headers, data: text === '' ? '' : JSON.parse(text) }
  }
  const headersOf = ({ token, header }: Pick<WxOptions, 'token' | 'header'>) => ({
    ...own,
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...header,
  })
  return {
    request(path, options = {}) {
      const { method = 'GET', data = {} } = options
      const headers = { 'Content-Type': 'application/json', ...headersOf(options) }
      const query = new URLSearchParams(
        Object.entries(data).map(([name, value]): [string, string] => [name, String(value)]),
      ).toString()
      const url = `${service.url}/api${path}`
      if (method === 'GET') return send(query === '' ? url : `${url}?${query}`, { headers })
      return send(url, { method, headers, body: JSON.stringify(data) })
    },
    uploadFile(path, { name, bytes, formData = {} }, options = {}) {
      const form = new FormData()
      for (const [field, value] of Object.entries(formData)) form.append(field, value)
      form.append(name, new Blob([bytes], { type: 'image/jpeg' }), 'tmp_4711.jpg')
      return send(`${service.url}/api${path}`, { method: 'POST', headers: headersOf(options), body: form })
    },
  }
}

/** `dialect_uses_total` by alias. */
export async function allUses(service: Pick<TestService, 'services'>): Promise<Map<string, number>> {
  const text = await service.services.metrics.text()
  const counted = [...text.matchAll(/^dialect_uses_total\{alias="(.*)"\} (\d+)$/gm)]
  return new Map(counted.map(([, alias = '', count]) => [alias, Number(count)]))
}

/** `dialect_uses_total` of one alias. */
export async function usesOf(service: Pick<TestService, 'services'>, alias: string): Promise<number> {
  return (await allUses(service)).get(alias) ?? Number.NaN
}
