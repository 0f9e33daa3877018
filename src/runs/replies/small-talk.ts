// Whether a reply says anything of the code at all: thanks and emoji start nobody.

/** In several languages; words that could be about the code ("fixed", "no", "wrong") are not here. */
const talk = new Set(
  (
    'a ack agreed ah all also alright amazing and appreciated appreciate awesome brilliant bot catch cheers cool excellent fair ' +
    'check checking for good great ha haha hey hi i into it later let ll lgtm lol look looking love lovely makes me much nice oh ok okay okey perfect please point pretty right ' +
    'sense so soon spot sure super sweet thank thanks that the this thx today tomorrow top ty u very watchbill well will wow yay yeah yep yes you ' +
    'danke merci gracias obrigado grazie bien bueno gut super tack takk kiitos dzięki спасибо ありがとう 谢谢 감사합니다'
  ).split(' '),
)

const most = 12

export function isSmallTalk(body: string): boolean {
  // Of what is quoted from us nothing is theirs; `:+1:` is an emoji.
  const own = body
    .replace(/^\s*>.*$/gm, '')
    .replace(/:[a-z0-9_+-]+:/gi, ' ')
    .replace(/@[\w-]+(\[bot\])?/g, ' ')
  if (/[`0-9=(){}[\]/\\]/.test(own)) return false
  const words = own.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []
  return words.length <= most && words.every(word => talk.has(word))
}
