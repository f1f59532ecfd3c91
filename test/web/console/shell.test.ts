import { expect, test } from 'bun:test'
import { enterAs, enterConsole } from '../../support/console.ts'
import { atAddress, usePages } from '../../support/pages.ts'
import { appoint, newPhone, signIn } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const pages = usePages()

test('who has no role is told so, and is let in once the owner gave them one', async () => {
  const phone = newPhone()
  const person = await signIn(service, phone)
  const page = await enterConsole(await pages.open(), service, phone)
  await page.getByText('还没有店员岗位').waitFor()
  expect(await page.getByRole('navigation').count()).toBe(0)
  await appoint(service, person, 'reviewer')
  await page.getByRole('button', { name: '再试一次' }).click()
  await page.getByRole('heading', { name: '审核', exact: true }).waitFor()
})

test('a screen that the role has no right to is not in the menu, and its address is refused', async () => {
  const { page } = await enterAs(await pages.open(), service, 'cashier', 'reviews')
  await page.getByText('收银员没有这项权限').waitFor()
  expect(await page.getByRole('navigation').getByRole('link', { name: '审核' }).count()).toBe(0)
})

test('an address that names no screen is told so', async () => {
  const { page } = await enterAs(await pages.open(), service, 'owner', 'nowhere')
  await page.getByText('没有这个页面').waitFor()
  await page.getByRole('link', { name: '回到工作台' }).click()
  await page.getByRole('heading', { name: '审核', exact: true }).waitFor()
})

test('a role that is taken away closes the console at the next call', async () => {
  const { page, person } = await enterAs(await pages.open(), service, 'reviewer')
  await page.getByRole('heading', { name: '审核', exact: true }).waitFor()
  await appoint(service, person, null)
  await page.reload()
  await page.getByText('还没有店员岗位').waitFor()
})

test('the filters of a list stand in the address and outlive a reload', async () => {
  const { page } = await enterAs(await pages.open(), service, 'reviewer')
  await page.getByRole('button', { name: '记录' }).click()
  await page.getByRole('button', { name: '未通过' }).click()
  await atAddress(page, '/console#reviews?view=history&status=rejected')
  await page.reload()
  await page.locator('[aria-pressed=true]', { hasText: '未通过' }).waitFor()
})

test('who is on their way to another screen gets there, whatever the one before puts into the address', async () => {
  const { page } = await enterAs(await pages.open(), service, 'owner', 'reviews')
  await page.getByRole('combobox').first().waitFor()
  await page.evaluate(`
    location.hash = '#people'
    const filter = document.querySelector('.page select')
    filter.selectedIndex = 1
    filter.dispatchEvent(new Event('change', { bubbles: true }))
  `)
  await page.getByRole('heading', { name: '顾客', exact: true }).waitFor()
})
