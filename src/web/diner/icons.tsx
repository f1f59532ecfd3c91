import type { Tab } from './state.ts'

const paths: Record<Tab, string> = {
  wheel: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 0v18M3 12h18M5.6 5.6l12.8 12.8M18.4 5.6 5.6 18.4',
  goods: 'M5 9h14l-1 11H6L5 9Zm3.5 0V7.5a3.5 3.5 0 0 1 7 0V9',
  receipts: 'M6 3v18l2-1.4 2 1.4 2-1.4 2 1.4 2-1.4 2 1.4V3l-2 1.4L14 3l-2 1.4L10 3 8 4.4 6 3Zm3 7h6m-6 4h6',
  wallet: 'M3.5 8.5h17v3a2 2 0 0 0 0 4v3h-17v-3a2 2 0 0 0 0-4v-3Zm11 0v10',
  me: 'M12 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8a7.5 7.5 0 0 1 15 0',
}

export function Icon({ name }: { name: Tab }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <path d={paths[name]} fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" />
    </svg>
  )
}
