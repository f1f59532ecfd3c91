import type { Role } from '../../src/staff/roles.ts'
import type { BrowserContext, Page } from './pages.ts'
import { type Person, signInStaff } from './people.ts'
import type { TestService } from './service.ts'

/** Opens the console at a place, such as `reviews?flag=unread`, and signs in with the code that signs anyone in. */
export async function enterConsole(
  context: BrowserContext,
  { url }: Pick<TestService, 'url'>,
  phone: string,
  place = '',
): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${url}/console${place === '' ? '' : `#${place}`}`)
  await page.getByLabel('手机号').fill(phone)
  await page.getByLabel('短信验证码').fill('123456')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.locator('.line.live, main.waiting [role=alert]').first().waitFor()
  return page
}

/** Makes somebody one of the staff, and opens the console as them. */
export async function enterAs(
  context: BrowserContext,
  service: Pick<TestService, 'client' | 'services' | 'url'>,
  role: Role,
  place = '',
): Promise<{ page: Page; person: Person }> {
  const person = await signInStaff(service, role)
  return { page: await enterConsole(context, service, person.phone, place), person }
}
