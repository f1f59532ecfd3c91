import { source } from 'axe-core'
import type { Page } from './pages.ts'

/** What axe finds on the page as it stands. A page's policy doesn't bind what the browser's driver evaluates. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(source)
  const found = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] }
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
