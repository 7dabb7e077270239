/** The entities of the wire in its Turkish vocabulary (REST family A, WebSocket format `simple`). */

export const STATUSES = ["beklemede", "devam_ediyor", "tamamlandi", "iptal"] as const;
export type Status = (typeof STATUSES)[number];

export const PRIORITIES = ["dusuk", "orta", "yuksek"] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface Tag {
  readonly id: string;
  readonly isim: string;
}

export interface Task {
  readonly id: string;
  readonly baslik: string;
  readonly aciklama: string;
  readonly durum: Status;
  readonly oncelik: Priority;
  readonly proje_id: string | null;
  readonly parent_id: string | null;
  readonly olusturma_tarihi: string;
  readonly guncelleme_tarihi: string;
  /** Midnight UTC of a calendar date; never shift it by a time zone. */
  readonly son_tarih: string | null;
  readonly etiketler: readonly Tag[];
  readonly tamamlanmamis_bagimlilik_sayisi: number;
  readonly bu_goreve_bagimli_sayisi: number;
  readonly rev: number;
}

export interface Project {
  readonly id: string;
  readonly isim: string;
  readonly tanim: string;
  readonly is_active: boolean;
  readonly rev: number;
}

const FIELD_TYPES = ["text", "select", "date", "number"] as const;

export interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  /** Absent while it is closed: counting would open it. */
  readonly taskCount?: number;
}

/** What a form may send for a task; a key that is absent changes nothing, an empty string clears. */
export interface TaskFields {
  readonly baslik?: string;
  readonly aciklama?: string;
  readonly durum?: Status;
  readonly oncelik?: Priority;
  readonly proje_id?: string;
  readonly son_tarih?: string;
  readonly etiketler?: readonly string[];
  /** Empty: no parent. */
  readonly parent_id?: string;
}

/** A link as listed with its titles: the source must be finished first, unless it is `iliskili`. */
export interface Link {
  readonly id: string;
  readonly kaynak_id: string;
  readonly hedef_id: string;
  readonly baglanti_tip: "onceki" | "iliskili";
  readonly kaynak_baslik: string;
  readonly kaynak_durum: Status;
  readonly hedef_baslik: string;
  readonly hedef_durum: Status;
}

export interface TemplateField {
  readonly isim: string;
  readonly tip: "text" | "select" | "date" | "number";
  readonly zorunlu: boolean;
  readonly varsayilan: string;
  readonly secenekler: readonly string[];
  readonly aciklama: string;
}

export interface Template {
  readonly id: string;
  readonly isim: string;
  readonly tanim: string;
  readonly alias: string;
  readonly varsayilan_baslik: string;
  readonly aciklama_template: string;
  readonly alanlar: readonly TemplateField[];
  readonly kategori: string;
}

export type Wire = Readonly<Record<string, unknown>>;

export function isWire(value: unknown): value is Wire {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const textOrNull = (value: unknown): string | null => text(value) || null;
const whole = (value: unknown): number => (typeof value === "number" ? value : 0);

/** Reads a task as sent: optional fields are absent or null on the wire, always there in the page; nested children go. */
export function toTask(wire: Wire): Task {
  return {
    id: text(wire["id"]),
    baslik: text(wire["baslik"]),
    aciklama: text(wire["aciklama"]),
    durum: toStatus(wire["durum"]),
    oncelik: PRIORITIES.find((priority) => priority === wire["oncelik"]) ?? "orta",
    proje_id: textOrNull(wire["proje_id"]),
    parent_id: textOrNull(wire["parent_id"]),
    olusturma_tarihi: text(wire["olusturma_tarihi"]),
    guncelleme_tarihi: text(wire["guncelleme_tarihi"]),
    son_tarih: textOrNull(wire["son_tarih"]),
    etiketler: wires(wire["etiketler"]).map((tag) => ({ id: text(tag["id"]), isim: text(tag["isim"]) })),
    tamamlanmamis_bagimlilik_sayisi: whole(wire["tamamlanmamis_bagimlilik_sayisi"]),
    bu_goreve_bagimli_sayisi: whole(wire["bu_goreve_bagimli_sayisi"]),
    rev: whole(wire["rev"]),
  };
}

export function toProject(wire: Wire): Project {
  return {
    id: text(wire["id"]),
    isim: text(wire["isim"]),
    tanim: text(wire["tanim"]),
    is_active: wire["is_active"] === true,
    rev: whole(wire["rev"]),
  };
}

export function toLink(wire: Wire): Link {
  return {
    id: text(wire["id"]),
    kaynak_id: text(wire["kaynak_id"]),
    hedef_id: text(wire["hedef_id"]),
    baglanti_tip: wire["baglanti_tip"] === "iliskili" ? "iliskili" : "onceki",
    kaynak_baslik: text(wire["kaynak_baslik"]),
    kaynak_durum: toStatus(wire["kaynak_durum"]),
    hedef_baslik: text(wire["hedef_baslik"]),
    hedef_durum: toStatus(wire["hedef_durum"]),
  };
}

export function toTemplate(wire: Wire): Template {
  return {
    id: text(wire["id"]),
    isim: text(wire["isim"]),
    tanim: text(wire["tanim"]),
    alias: text(wire["alias"]),
    varsayilan_baslik: text(wire["varsayilan_baslik"]),
    aciklama_template: text(wire["aciklama_template"]),
    alanlar: wires(wire["alanlar"]).map((field) => ({
      isim: text(field["isim"]),
      tip: FIELD_TYPES.find((type) => type === field["tip"]) ?? "text",
      zorunlu: field["zorunlu"] === true,
      varsayilan: text(field["varsayilan"]),
      secenekler: Array.isArray(field["secenekler"]) ? field["secenekler"].filter((each) => typeof each === "string") : [],
      aciklama: text(field["aciklama"]),
    })),
    kategori: text(wire["kategori"]),
  };
}

export function toStatus(value: unknown): Status {
  return STATUSES.find((status) => status === value) ?? "beklemede";
}

export function toWorkspace(wire: Wire): Workspace {
  const path = text(wire["path"]);
  const count = wire["task_count"];
  return { id: text(wire["id"]), name: text(wire["name"]) || path, path, ...(typeof count === "number" && { taskCount: count }) };
}

export function wires(value: unknown): readonly Wire[] {
  return Array.isArray(value) ? value.filter(isWire) : [];
}
