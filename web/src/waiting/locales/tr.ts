import type { WaitingTexts } from "../texts";

export const tr: WaitingTexts = {
  title: "Beklerken",
  began_one: "Son bir saatte burada {count} sohbet başladı.",
  began_other: "Son bir saatte burada {count} sohbet başladı.",
  usual: "Bekleme genelde {time} sürdü.",
  there: "Şu anda {mode} sohbette: {count}",
  change: "{mode} ara",
  dice: "Zar at",
  rolled: "{one} ve {other}",
  double: "{one} ve {other}: çift!",
  doubles: "Çift: {rolls} atışta {doubles}. Şans altıda bir der.",
};
