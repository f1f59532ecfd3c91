import { html, raw } from 'hono/html'
import { refusals } from '../contract/refusals.ts'
import style from './docs-page.css' with { type: 'text' }
import type { OpenApiDocument, OpenApiOperation } from './openapi.ts'

/** The API as one page that loads nothing from other hosts. */
export function docsPage(document: OpenApiDocument) {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0] ?? ''))]
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${document.info.title} · API</title>
  <style>${raw(style)}</style>
</head>
<body>
  <header>
    <h1>${document.info.title} <small>${document.info.version}</small></h1>
    <p>${document.info.description}</p>
    <p><a href="/api/openapi.json">openapi.json</a> (OpenAPI ${document.openapi})</p>
    <nav>${tags.map((tag) => html`<a href="#${tag}">${tag}</a>`)}<a href="#sockets">sockets</a><a href="#codes">codes</a></nav>
  </header>
  <main>
    ${tags.map(
      (tag) => html`<section id="${tag}"><h2>${tag}</h2>
        ${operations.filter(({ operation }) => operation.tags[0] === tag).map(operationCard)}
      </section>`,
    )}
    <section id="sockets"><h2>sockets</h2>
      <p>A WebSocket on <code>/ws</code>: the token as <code>?token=</code>, as Bearer or as the subprotocols
        <code>bearer, &lt;token&gt;</code>; or a first frame <code>{ type: "auth", token }</code>.</p>
      ${Object.entries(document['x-messages']).map(([type, schema]) => messageCard(type, 'from the server', schema))}
      ${messageCard('ping, auth, subscribe_products, unsubscribe_products', 'from the client', document['x-client-messages'])}
    </section>
    <section id="codes"><h2>codes</h2>
      <table>${Object.entries(refusals).map(([code, { sentence }]) => html`<tr><th>${code}</th><td lang="zh">${sentence}</td></tr>`)}</table>
    </section>
  </main>
</body>
</html>`
}

function operationCard(entry: { path: string; method: string; operation: OpenApiOperation }) {
  const { path, method, operation } = entry
  const isBare = operation['x-refusals'].length === 0
  return html`<details id="${operation.operationId}">
    <summary><b class="${method}">${method.toUpperCase()}</b> <code>${path}</code> <span>${operation.summary}</span></summary>
    ${isBare ? statuses(operation) : access(operation)}
    ${operation.parameters.length > 0 ? schemaBlock('Parameters', operation.parameters) : ''}
    ${isBare ? bareAnswer(operation) : exchange(operation)}
  </details>`
}

function access({ security, 'x-refusals': codes }: OpenApiOperation) {
  return html`<p>${security.length > 0 ? 'Needs a Bearer token.' : 'Open to everyone.'}
      Refusals: ${codes.map((code) => html`<a href="#codes" title="${sentenceOf(code)}">${code}</a> `)}</p>`
}

/** The request's body, and the `data` of the answer. */
function exchange({ requestBody, responses }: OpenApiOperation) {
  const body = contentSchema(requestBody)
  const answer = contentSchema(responses['200']) as { oneOf?: { properties?: { data?: object } }[] }
  return html`${body ? schemaBlock('Body', body) : ''}
    ${schemaBlock('data', answer.oneOf?.[0]?.properties?.data ?? {})}`
}

/** The meaning of each HTTP status of a route outside of the envelope. */
function statuses({ responses }: OpenApiOperation) {
  const told = Object.entries(responses) as [string, { description: string }][]
  return html`<p>${told.map(([status, { description }]) => html`<b>${status}</b> ${description}. `)}</p>`
}

function bareAnswer({ responses }: OpenApiOperation) {
  const answer = contentSchema(responses['200'])
  return answer ? schemaBlock('Body', answer) : ''
}

function messageCard(types: string, from: string, schema: object) {
  return html`<details><summary><code>${types}</code> <span>${from}</span></summary>${schemaBlock('Frame', schema)}</details>`
}

function schemaBlock(title: string, schema: object) {
  return html`<h3>${title}</h3><pre>${JSON.stringify(schema, null, 2)}</pre>`
}

function contentSchema(part: object | undefined): object | undefined {
  const { content = {} } = (part ?? {}) as { content?: Record<string, { schema?: object }> }
  return Object.values(content)[0]?.schema
}

function sentenceOf(code: number): string {
  return (refusals as Record<number, { sentence: string }>)[code]?.sentence ?? ''
}
