import type { Texts } from "../texts";

export const ar: Texts = {
  add_audio: "إضافة الصوت",
  add_video: "إضافة الفيديو",
  asks_audio: "يود الشخص الآخر التحدث معك.",
  asks_video: "يود الشخص الآخر أن يرى كل منكما الآخر.",
  asked_audio: "طلبت التحدث. لن يسمعك أحد حتى يوافق الشخص الآخر.",
  asked_video: "طلبت الفيديو. لن يراك أحد حتى يوافق الشخص الآخر.",
  not_now: "ليس الآن",
  take_back: "سحب الطلب",
  now_audio: "يمكنكما التحدث الآن.",
  now_video: "الفيديو يعمل لديكما الآن.",
  declined_text: "يفضّل الشخص الآخر الكتابة.",
  declined_audio: "يفضّل الشخص الآخر التحدث فقط.",
  back_text: "عاد الشخص الآخر إلى الكتابة.",
  back_audio: "عاد الشخص الآخر إلى الصوت.",
};
