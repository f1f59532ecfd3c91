import { createHash, createHmac } from 'node:crypto'

/** A message that the vendor was asked to send. */
export interface SentMessage {
  PhoneNumberSet: string[]
  SmsSdkAppId: string
  SignName: string
  TemplateId: string
  TemplateParamSet: string[]
}

/** What a call meets: an error for the whole call, a status for the message, or trouble. */
export type Fate = { error: string } | { status: string } | 'slow' | 'garbage' | 'broken' | 'odd'

/** Tencent Cloud SMS on loopback. It checks the signature (TC3-HMAC-SHA256) of each call first. */
export interface TencentServer {
  readonly url: string
  readonly secretId: string
  readonly secretKey: string
  /** How many calls came, and the messages of those with a good signature. */
  readonly calls: { count: number; sent: SentMessage[] }
  next(...fates: Fate[]): void
  stop(): Promise<void>
}

const clockSkew_s = 300
const slow_ms = 3_500

export function startTencent(): TencentServer {
  const [secretId, secretKey] = ['AKIDtestsonly0123456789', 'a-key-of-the-account']
  const calls = { count: 0, sent: [] as SentMessage[] }
  let fates: Fate[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      calls.count += 1
      const body = await request.text()
      const fate = fates.shift()
      if (fate === 'broken') return new Response('oops', { status: 503 })
      if (fate === 'garbage') return new Response('<html>')
      if (fate === 'odd') return Response.json({ Response: { SendStatusSet: [] } })
      if (fate === 'slow') await Bun.sleep(slow_ms)
      const error = signatureFault(request, body, { secretId, secretKey })
      if (error) return refuse(error)
      if (typeof fate === 'object' && 'error' in fate) return refuse(fate.error)
      const message = JSON.parse(body) as SentMessage
      const Code = typeof fate === 'object' ? fate.status : 'Ok'
      if (Code === 'Ok') calls.sent.push(message)
      const status = { SerialNo: '5000:1', PhoneNumber: message.PhoneNumberSet[0], Fee: 1, Code, Message: 'as told' }
      return Response.json({ Response: { SendStatusSet: [status], RequestId: 'r' } })
    },
  })
  return {
    url: server.url.origin,
    secretId,
    secretKey,
    calls,
    next(...next) {
      fates = next
      calls.count = 0
      calls.sent.length = 0
    },
    stop: () => server.stop(true),
  }
}

function refuse(Code: string): Response {
  return Response.json({ Response: { Error: { Code, Message: 'as told' }, RequestId: 'r' } })
}

/** Checks the signature as the vendor documents it, from the request as it arrived. */
function signatureFault(
  request: Request,
  body: string,
  { secretId, secretKey }: { secretId: string; secretKey: string },
): string | undefined {
  const { headers } = request
  if (headers.get('X-TC-Action') !== 'SendSms' || headers.get('X-TC-Version') !== '2021-01-11') return 'InvalidAction'
  const pattern =
    /^TC3-HMAC-SHA256 Credential=([^/]+)\/([\d-]+)\/(\w+)\/tc3_request, SignedHeaders=([\w;-]+), Signature=(\w+)$/
  const [, id, date = '', service = '', signed = '', signature] = pattern.exec(headers.get('Authorization') ?? '') ?? []
  if (id !== secretId) return 'AuthFailure.SecretIdNotFound'
  const timestamp = Number(headers.get('X-TC-Timestamp'))
  if (Math.abs(Date.now() / 1000 - timestamp) > clockSkew_s) return 'AuthFailure.SignatureExpire'
  if (new Date(timestamp * 1000).toISOString().slice(0, 10) !== date) return 'AuthFailure.SignatureExpire'
  // The vendor's own library signs the host without its port.
  const values: Record<string, string> = { host: new URL(request.url).hostname }
  const lines = signed.split(';').map((name) => `${name}:${values[name] ?? headers.get(name)}\n`)
  const canonical = ['POST', '/', '', lines.join(''), signed, sha256(body)].join('\n')
  const text = ['TC3-HMAC-SHA256', timestamp, `${date}/${service}/tc3_request`, sha256(canonical)].join('\n')
  const key = [date, service, 'tc3_request'].reduce<string | Buffer>(hmac, `TC3${secretKey}`)
  return hmac(key, text).toString('hex') === signature ? undefined : 'AuthFailure.SignatureFailure'
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
