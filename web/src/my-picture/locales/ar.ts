import type { MyPictureTexts } from "../texts";

export const ar: MyPictureTexts = {
  blur: "تمويه خلفيتي",
  blur_hint: "جهازك يفعل ذلك. وإن لم يستطع، تُطفأ الكاميرا.",
  no_blur: "الكاميرا مطفأة",
  no_blur_slow: "هذا الجهاز أبطأ الآن من أن يموّه خلفيتك.",
  no_blur_failed: "تعذّر تمويه خلفيتك.",
  show_unblurred: "أظهِرني دون تمويه",
  keep_off: "أبقِها مطفأة",
  echo: "إلغاء الصدى",
  noise: "تقليل الضوضاء",
  sound_hint: "مناسب للحديث. للموسيقى أوقف الاثنين واستعمل سماعات.",
  camera_move: "تقريب الكاميرا وتحريكها",
  camera_move_hint: "قد يسألك المتصفح إن كان يُسمح لـ{site} بتحريك الكاميرا.",
  camera_still: "هذه الكاميرا لا تقرّب ولا تتحرك.",
  zoom: "التقريب",
  pan: "يسارًا ويمينًا",
  tilt: "أعلى وأسفل",
  self_hide: "إخفاء صورتي",
  self_show: "إظهار صورتي",
  self_move: "نقل صورتي",
};
