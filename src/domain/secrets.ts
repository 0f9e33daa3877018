// What stands where a secret was taken out, in prompts and in everything that is posted alike.

export const secretRemoved = '[secret removed]'
