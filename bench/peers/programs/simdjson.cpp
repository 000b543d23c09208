// Walks every value of newline-delimited JSON with simdjson's documents, as its own users do: parse_many, then all
// numbers, strings and keys are read. Nothing is stored. Prints one line of JSON: simdjson <file> <repetitions>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <simdjson.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

static uint64_t walk(simdjson::dom::element value) {
  switch (value.type()) {
    case simdjson::dom::element_type::OBJECT: {
      uint64_t sum = 0;
      for (auto field : simdjson::dom::object(value)) sum += field.key.size() + walk(field.value);
      return sum;
    }
    case simdjson::dom::element_type::ARRAY: {
      uint64_t sum = 0;
      for (auto item : simdjson::dom::array(value)) sum += walk(item);
      return sum;
    }
    case simdjson::dom::element_type::STRING:
      return std::string_view(value).size();
    case simdjson::dom::element_type::INT64:
      return uint64_t(int64_t(value));
    case simdjson::dom::element_type::UINT64:
      return uint64_t(value);
    case simdjson::dom::element_type::DOUBLE:
      return uint64_t(int64_t(double(value)));
    case simdjson::dom::element_type::BOOL:
      return bool(value);
    default:
      return 0;
  }
}

int main(int, char **argv) {
  const int repetitions = atoi(argv[2]);
  const simdjson::padded_string text = simdjson::padded_string::load(argv[1]);
  std::string cpu, wall;
  size_t records = 0;
  uint64_t sum = 0;
  for (int i = 0; i < repetitions; i++) {
    const auto begin = std::chrono::steady_clock::now();
    const clock_t before = clock();
    simdjson::dom::parser parser;
    simdjson::dom::document_stream stream;
    if (parser.parse_many(text, 4 << 20).get(stream)) return 1;
    records = 0;
    for (auto document : stream) {
      sum += walk(document.value());
      records++;
    }
    const double ms = 1000.0 * (clock() - before) / CLOCKS_PER_SEC;
    const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - begin;
    cpu += (i ? "," : "") + std::to_string(ms);
    wall += (i ? "," : "") + std::to_string(passed.count());
  }
  printf("{\"records\":%zu,\"cpu\":[%s],\"wall\":[%s],\"version\":\"%s, %s\",\"sum\":%llu}\n", records, cpu.c_str(),
         wall.c_str(), TEXT(SIMDJSON_VERSION), simdjson::get_active_implementation()->name().c_str(),
         (unsigned long long)sum);
}
