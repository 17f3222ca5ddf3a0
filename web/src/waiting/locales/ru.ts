import type { WaitingTexts } from "../texts";

export const ru: WaitingTexts = {
  title: "Пока вы ждёте",
  began_one: "За последний час здесь начался {count} разговор.",
  began_few: "За последний час здесь начались {count} разговора.",
  began_many: "За последний час здесь начались {count} разговоров.",
  began_other: "За последний час здесь началось разговоров: {count}.",
  usual: "Обычное ожидание: {time}.",
  there: "Сейчас в режиме «{mode}»: {count}",
  change: "Искать в режиме «{mode}»",
  dice: "Бросить кости",
  rolled: "{one} и {other}",
  double: "{one} и {other}: дубль!",
  doubles: "Дублей: {doubles} из {rolls}. По теории — один из шести.",
};
