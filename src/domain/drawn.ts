// The steps of a run that hold what each of its checks was drawn from, so that they can be drawn anew when somebody decides later.

export const drawn = 'drawn'
/** In its place once quoted code is forgotten. */
export const drawnWithoutCode = 'drawn, without code'
