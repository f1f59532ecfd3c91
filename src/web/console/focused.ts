/** For what comes in the place of a button that was pressed: who goes by keys goes on there. */
export const focused = (element: HTMLElement | null) => element?.focus()
