import type { Texts } from "../texts";

export const tr: Texts = {
  add_audio: "Ses ekle",
  add_video: "Görüntü ekle",
  asks_audio: "Karşındaki seninle sesli konuşmak istiyor.",
  asks_video: "Karşındaki, birbirinizi görmenizi istiyor.",
  asked_audio: "Sesli konuşmayı önerdin. Karşındaki kabul edene kadar seni kimse duymaz.",
  asked_video: "Görüntüyü önerdin. Karşındaki kabul edene kadar seni kimse görmez.",
  not_now: "Şimdi değil",
  take_back: "Geri al",
  now_audio: "Artık konuşabilirsiniz.",
  now_video: "Görüntü ikinizde de açık.",
  declined_text: "Karşındaki yazışmayı tercih ediyor.",
  declined_audio: "Karşındaki yalnızca konuşmayı tercih ediyor.",
  back_text: "Karşındaki yazıya döndü.",
  back_audio: "Karşındaki sese döndü.",
};
