#include "output.h"

#include "age.h"
#include "decimal.h"
#include "machine.h"
#include "text-buffer.h"
#include "words.h"

namespace carter {

int16_t Put::instead;
const char* Output::wishedText;

Output::Output(const OutputInfo* info) : Point(&info->point), setAt(LONG_AGO), turnedAt(LONG_AGO) {
  value = resting();
}

bool Output::read(char* field, int16_t& wish) const {
  if (type == Type::TEXT) {
    wishedText = field;
    return flash(info->text)().read(field);
  }
  int32_t units;
  if (!readDecimal(field, type == Type::NUMBER ? flash(info->decimals) : WHOLE, units)) return false;
  const int16_t low = number(PointInfo::LOWEST);
  const int16_t high = number(PointInfo::HIGHEST);
  if (units < low || units > high) return false;
  const uint16_t step = number(PointInfo::STEP);
  const uint16_t above = static_cast<uint16_t>(units) - low;
  wish = low + (above + step / 2) / step * step;
  if (wish > high) wish -= step;
  return true;
}

Result Output::command(int16_t wish, uint16_t pulse) {
  // The end of such a pulse would leave the safe value though no lease watches over it.
  if (pulse > 0 && has(PointInfo::SAFE) && wish == resting() && flash(about().lease) == 0) return Result::RANGE;
  Result result = refusal(wish);
  if (result == Result::DONE) result = put(wish);
  if (isRefused(result)) return result;
  pulseMs = pulse;
  setAt = machine::millis();
  return result;
}

/** Why it may not become `wish` now; `DONE`: it may. */
Result Output::refusal(int16_t wish) const {
  if (type != Type::BOOLEAN || wish == resting()) return Result::DONE;
  const Switch& self = *static_cast<const Switch*>(this);
  for (const Point* point = first; point != nullptr; point = point->next) {
    if (point->isOutput() && point->type == Type::BOOLEAN && self.excludes(*static_cast<const Switch*>(point))) {
      return Result::LOCKED;
    }
  }
  return !isOn() && self.isResting() ? Result::BUSY : Result::DONE;
}

void Output::rest() {
  if (!has(PointInfo::SAFE)) return;
  pulseMs = 0;
  put(resting());
}

/** Lets the handler do it. To become safe is never refused: where the handler does, nobody knows what the output is. */
CARTER_ONCE Result Output::put(int16_t wish) {
  Put::Kind done = flash(about().put)(wish).kind;
  if (done >= Put::BUSY) {
    if (!has(PointInfo::SAFE) || wish != resting()) return done == Put::BUSY ? Result::BUSY : Result::LOCKED;
    done = Put::MOVING;
  }
  if (done == Put::TO) wish = Put::instead;
  if (type == Type::TEXT) wish = flash(info->text)().keep(wishedText);
  became(wish);
  set(NEWS);
  if (done != Put::MOVING) return Result::DONE;
  clear(KNOWN);
  set(MOVES);
  return Result::MOVING;
}

void Output::pass(uint32_t aliveAt) {
  const uint32_t sinceSet = ageOf(setAt);
  const uint32_t lease = flash(about().lease);
  if (lease > 0) {
    if (sinceSet <= lease || ageOf(aliveAt) <= lease) {
      clear(RESTED);
    } else {
      pulseMs = 0;
      if (isOn() && !(flags & RESTED)) {
        rest();
        set(LEASE_ENDED | RESTED);
      }
      return;
    }
  }
  if (type != Type::BOOLEAN) return;
  if (pulseMs > 0 && sinceSet >= pulseMs) {
    pulseMs = 0;
    const int16_t opposite = value == 0;
    if (refusal(opposite) == Result::DONE) put(opposite);
  } else if (isOn() && static_cast<Switch*>(this)->isTired()) {
    pulseMs = 0;
    put(resting());
    set(LIMIT_ENDED);
  }
}

void Output::became(int16_t now) {
  const bool wasOn = isOn();
  if (!isKnown() || value != now) set(NEWS);
  value = now;
  set(KNOWN);
  clear(RESTED | MOVES);
  if (isOn() != wasOn) turnedAt = machine::millis();
}

void Output::unknown() {
  if (isKnown()) set(NEWS);
  clear(KNOWN);
}

bool Switch::isTired() const {
  // Where there is no limit, 0 - 1 is longer than anything.
  return !turnedWithin(flash(about().maxOn) - 1) || !turnedWithin(host.maxOn - 1);
}

bool Switch::isResting() const {
  return turnedWithin(flash(about().minOff)) || turnedWithin(host.minOff);
}

bool Switch::excludes(const Switch& other) const {
  if (this == &other || !other.isOn()) return false;
  const uint8_t own = flash(about().group);
  if (own != 0 && own == flash(other.about().group)) return true;
  return host.group != 0 && host.group == other.host.group;
}

}  // namespace carter
