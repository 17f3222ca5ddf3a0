import type { WaitingTexts } from "../texts";

export const pt: WaitingTexts = {
  title: "Enquanto espera",
  began_one: "Na última hora começou aqui {count} conversa.",
  began_other: "Na última hora começaram aqui {count} conversas.",
  usual: "A espera habitual foi de {time}.",
  there: "Pessoas agora em {mode}: {count}",
  change: "Procurar em {mode}",
  dice: "Lançar os dados",
  rolled: "{one} e {other}",
  double: "{one} e {other}: um par!",
  doubles: "Pares: {doubles} em {rolls}. O acaso dá um em cada seis.",
};
