#include "topology/graph/vertex.h"

#include <catch2/catch.hpp>

#include <set>

using namespace cm::topology;

TEST_CASE("every kind of vertex and every plane has a word of its own")
{
  std::set<std::string_view> words;
  for (const VertexKind kind :
       {VertexKind::Die, VertexKind::Cpu, VertexKind::L1Switch, VertexKind::L2Switch, VertexKind::RdmaNic,
        VertexKind::RdmaFabric, VertexKind::QingtianCard, VertexKind::VpcFabric})
    words.insert(to_text(kind));
  CHECK(words.size() == 8);
  for (const Plane plane : {Plane::Package, Plane::Ub, Plane::Rdma, Plane::Vpc})
    words.insert(to_text(plane));
  CHECK(words.size() == 12);
  CHECK_FALSE(words.contains("unknown"));
}

TEST_CASE("dies and CPUs are the endpoints of the UB plane and L1 and L2 chips its switches")
{
  CHECK(is_ub_endpoint(VertexKind::Die));
  CHECK(is_ub_endpoint(VertexKind::Cpu));
  CHECK_FALSE(is_ub_endpoint(VertexKind::RdmaNic));
  CHECK(is_ub_switch(VertexKind::L1Switch));
  CHECK(is_ub_switch(VertexKind::L2Switch));
  CHECK_FALSE(is_ub_switch(VertexKind::RdmaFabric));
}
