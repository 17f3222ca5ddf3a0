import type { Texts } from "../texts";

export const ar: Texts = {
  title: "عندما يأتي شخص ما",
  sound: "الصوت",
  sound_off: "أبدًا",
  sound_elsewhere: "عندما أكون في مكان آخر",
  sound_always: "دائمًا",
  sound_test: "تشغيل الصوت",
  sound_hint: "صوت قصير عندما تلتقي بشخص ما. المكان الآخر يعني علامة تبويب أخرى أو برنامجًا آخر.",
  notify: "عرض إشعار",
  notify_hint: "فقط عندما تكون في مكان آخر. لا يذكر شيئًا عن الشخص الآخر.",
  notify_blocked: "متصفحك يحظر إشعارات {site}. اسمح بها بجانب شريط العنوان.",
  somebody: "وصل شخص ما.",
  offer: "أخبرني عندما يأتي شخص ما",
  offered: "ستتلقى إشعارًا عندما يأتي شخص ما وأنت في مكان آخر.",
  speaker_test: "اختبار مكبر الصوت",
};
